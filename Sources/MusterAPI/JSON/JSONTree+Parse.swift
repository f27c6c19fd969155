/// Why a text is not JSON.
struct JSONDamage: Error, Hashable {
    /// The byte at which reading ended.
    let offset: Int
    let expected: String
}

extension JSONTree {
    /// Reads JSON as RFC 8259 has it.
    ///
    /// - Parameter text: The whole document.
    /// - Throws: `JSONDamage`.
    init(parsing text: String) throws(JSONDamage) {
        var reader = JSONReader(bytes: Array(text.utf8))
        self = try reader.document()
    }
}

/// Reads one document from its first to its last byte.
private struct JSONReader {
    /// Deeper than anything that is written here, and far from the end of any stack.
    private static let deepest = 128

    let bytes: [UInt8]
    var offset = 0

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    mutating func document() throws(JSONDamage) -> JSONTree {
        let value = try value(depth: 0)
        skipSpace()
        guard next == nil else { throw damage("the end") }
        return value
    }

    private func damage(_ expected: String) -> JSONDamage { JSONDamage(offset: offset, expected: expected) }

    private mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { offset += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONDamage) -> JSONTree {
        guard depth < Self.deepest else { throw damage("less depth") }
        skipSpace()
        switch next.map({ Unicode.Scalar($0) }) {
        case "{": return try object(depth: depth)
        case "[": return try array(depth: depth)
        case "\"": return .string(try string())
        case "t": return try word("true", .boolean(true))
        case "f": return try word("false", .boolean(false))
        case "n": return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ word: String, _ value: JSONTree) throws(JSONDamage) -> JSONTree {
        guard bytes[offset...].starts(with: word.utf8) else { throw damage(word) }
        offset += word.utf8.count
        return value
    }

    private mutating func array(depth: Int) throws(JSONDamage) -> JSONTree {
        offset += 1
        skipSpace()
        if take("]") { return .array([]) }
        var values: [JSONTree] = []
        while true {
            values.append(try value(depth: depth + 1))
            skipSpace()
            if take("]") { return .array(values) }
            guard take(",") else { throw damage("`,` or `]`") }
        }
    }

    private mutating func object(depth: Int) throws(JSONDamage) -> JSONTree {
        offset += 1
        skipSpace()
        if take("}") { return .object([]) }
        var members: [JSONTree.Member] = []
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw damage("a key") }
            let key = try string()
            skipSpace()
            guard take(":") else { throw damage("`:`") }
            members.append(.init(key: key, value: try value(depth: depth + 1)))
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { throw damage("`,` or `}`") }
        }
    }

    private mutating func number() throws(JSONDamage) -> String {
        let start = offset
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private mutating func digits() throws(JSONDamage) {
        let start = offset
        while let byte = next, (0x30...0x39).contains(byte) { offset += 1 }
        guard offset > start else { throw damage("a value") }
    }

    private mutating func string() throws(JSONDamage) -> String {
        offset += 1
        var text: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                offset += 1
                text += try escape()
            case 0..<0x20: throw damage("no control character")
            default:
                text.append(byte)
                offset += 1
            }
        }
        throw damage("`\"`")
    }

    private mutating func escape() throws(JSONDamage) -> [UInt8] {
        guard let byte = next else { throw damage("an escape") }
        offset += 1
        switch Unicode.Scalar(byte) {
        case "\"", "\\", "/": return [byte]
        case "b": return [0x08]
        case "f": return [0x0c]
        case "n": return [0x0a]
        case "r": return [0x0d]
        case "t": return [0x09]
        case "u": return Array(String(try scalar()).utf8)
        default: throw damage("an escape")
        }
    }

    /// A character by its number, from a pair of surrogates where it takes two; half a pair becomes U+FFFD.
    private mutating func scalar() throws(JSONDamage) -> Unicode.Scalar {
        let first = try unit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xdc00, bytes[offset...].starts(with: [0x5c, 0x75]) else { return "\u{fffd}" }
        let back = offset
        offset += 2
        let second = try unit()
        guard (0xdc00...0xdfff).contains(second) else {
            offset = back
            return "\u{fffd}"
        }
        return Unicode.Scalar(0x1_0000 + (UInt32(first - 0xd800) << 10) + UInt32(second - 0xdc00)) ?? "\u{fffd}"
    }

    private mutating func unit() throws(JSONDamage) -> UInt16 {
        let digits = bytes[offset...].prefix(4)
        guard digits.count == 4, let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw damage("four hexadecimal digits")
        }
        offset += 4
        return unit
    }
}
