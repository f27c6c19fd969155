/// Whether a text is JSON as Python's `json.loads` reads it, and of which kind; no value is made of it.
struct JSONSyntax {
    enum Kind { case object, array, string, number, word }

    private let bytes: [UInt8]
    private var position = 0
    /// A text nested deeper than this is taken for a mistake.
    private static let maximumDepth = 64

    /// Nothing for a text that is no JSON.
    static func kind(of text: String) -> Kind? {
        var syntax = JSONSyntax(bytes: Array(text.utf8))
        guard let kind = syntax.value(depth: 0) else { return nil }
        syntax.skipSpace()
        return syntax.position == syntax.bytes.count ? kind : nil
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func value(depth: Int) -> Kind? {
        skipSpace()
        guard depth < Self.maximumDepth, position < bytes.count else { return nil }
        switch bytes[position] {
        case UInt8(ascii: "{"): return members(until: "}", depth: depth, named: true) ? .object : nil
        case UInt8(ascii: "["): return members(until: "]", depth: depth, named: false) ? .array : nil
        case UInt8(ascii: "\""): return string() ? .string : nil
        default:
            for word in ["true", "false", "null", "NaN", "Infinity", "-Infinity"] where take(word) { return .word }
            return number() ? .number : nil
        }
    }

    private mutating func members(until end: Unicode.Scalar, depth: Int, named: Bool) -> Bool {
        position += 1
        skipSpace()
        if take(String(end)) { return true }
        while true {
            if named {
                skipSpace()
                guard string() else { return false }
                skipSpace()
                guard take(":") else { return false }
            }
            guard value(depth: depth + 1) != nil else { return false }
            skipSpace()
            if take(String(end)) { return true }
            guard take(",") else { return false }
        }
    }

    private mutating func string() -> Bool {
        guard take("\"") else { return false }
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case UInt8(ascii: "\\"):
                guard position < bytes.count, "\"\\/bfnrtu".utf8.contains(bytes[position]) else { return false }
                let isCode = bytes[position] == UInt8(ascii: "u")
                position += 1
                if isCode {
                    let digits = bytes[position...].prefix(4)
                    guard digits.count == 4, digits.allSatisfy(Self.isHexadecimal) else { return false }
                    position += 4
                }
            case 0..<0x20: return false
            default: continue
            }
        }
        return false
    }

    private mutating func number() -> Bool {
        _ = take("-")
        guard take("0") || digits() else { return false }
        if take("."), !digits() { return false }
        guard take("e") || take("E") else { return true }
        if !take("+") { _ = take("-") }
        return digits()
    }

    private mutating func digits() -> Bool {
        let count = bytes[position...].prefix { (48...57).contains($0) }.count
        position += count
        return count > 0
    }

    private mutating func take(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count, " \t\n\r".utf8.contains(bytes[position]) { position += 1 }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
    }
}
