import MusterSpec

/// Reads JSON (RFC 8259) from bytes. Depth is bounded, so that no text costs more stack than this.
struct JSONReader {
    static let deepest = 64

    let bytes: [UInt8]
    var index: Int

    private init(_ bytes: [UInt8], at index: Int) {
        self.bytes = bytes
        self.index = index
    }

    /// The value of a whole text, behind `# source:` comments.
    static func value(_ text: inout Transcript) throws(Damage) -> JSONValue {
        var start = 0
        for line in try text.lines() where !line.isBlank {
            start = line.number
            break
        }
        return try value(of: text.bytes, fromLine: start)
    }

    /// The elements of a list, which is what every `-j` of iproute2 prints.
    static func array(_ text: inout Transcript) throws(Damage) -> [JSONValue] {
        guard case .array(let elements) = try value(&text) else {
            throw Damage(.malformed, found: "JSON that is no list", expected: text.source)
        }
        return elements
    }

    /// The value of bytes that hold nothing else.
    static func value(of bytes: [UInt8], fromLine first: Int = 1) throws(Damage) -> JSONValue {
        var reader = JSONReader(bytes, at: 0)
        var line = 1
        while line < first, reader.index < bytes.count {
            if bytes[reader.index] == 0x0a { line += 1 }
            reader.index += 1
        }
        let value = try reader.value(depth: 0)
        reader.skipBlanks()
        guard reader.index == bytes.count else { throw reader.damage("the end of the text") }
        return value
    }

    private mutating func value(depth: Int) throws(Damage) -> JSONValue {
        guard depth < Self.deepest else { throw damage("at most \(Self.deepest) levels") }
        skipBlanks()
        guard index < bytes.count else { throw damage("a value") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try list(depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func object(_ depth: Int) throws(Damage) -> JSONValue {
        index += 1
        var members: [(String, JSONValue)] = []
        skipBlanks()
        if take(UInt8(ascii: "}")) { return .object(of: []) }
        while true {
            skipBlanks()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw damage("a name in quotes") }
            let name = try string()
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw damage("`:` behind a name") }
            members.append((name, try value(depth: depth + 1)))
            skipBlanks()
            if take(UInt8(ascii: "}")) { return .object(of: members) }
            guard take(UInt8(ascii: ",")) else { throw damage("`,` or `}`") }
        }
    }

    private mutating func list(_ depth: Int) throws(Damage) -> JSONValue {
        index += 1
        var elements: [JSONValue] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) { return .array([]) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipBlanks()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw damage("`,` or `]`") }
        }
    }

    private mutating func number() throws(Damage) -> JSONValue {
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            guard Digits.isDigit(byte) || byte == 0x2d || byte == 0x2b || byte == 0x2e || byte | 0x20 == 0x65 else {
                break
            }
            index += 1
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if let number = Int(text), !text.hasPrefix("+") { return .integer(number) }
        guard start < index, !text.hasPrefix("+"), let number = Double(text) else {
            index = start
            throw damage("a value")
        }
        return .number(number)
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(Damage) -> JSONValue {
        for byte in word.utf8 { guard take(byte) else { throw damage("`\(word)`") } }
        return value
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipBlanks() {
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == 0x20 || byte == 0x0a || byte == 0x09 || byte == 0x0d else { return }
            index += 1
        }
    }

    /// Where the reading stopped, in lines and columns of the whole text.
    func damage(_ expected: String) -> Damage {
        let before = bytes[..<min(index, bytes.count)]
        let line = before.reduce(1) { $0 + ($1 == 0x0a ? 1 : 0) }
        let column = before.count - (before.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0) + 1
        let rest = String(decoding: bytes[before.endIndex...].prefix(24), as: UTF8.self)
        let found = rest.isEmpty ? "the end of the text" : Damage.quote(rest)
        return Damage(.malformed, line: line, column: column, found: found, expected: expected)
    }
}
