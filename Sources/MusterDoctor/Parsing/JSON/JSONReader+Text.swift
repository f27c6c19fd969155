extension JSONReader {
    /// A text in quotes, which the reader stands before.
    mutating func string() throws(Damage) -> String {
        index += 1
        let start = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\") { index += 1 }
        var text = Array(bytes[start..<index])
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            text.append(contentsOf: String(Character(try escaped())).utf8)
        }
        throw damage("`\"` at the end of a text")
    }

    /// The character behind a backslash; half of a surrogate pair is U+FFFD.
    private mutating func escaped() throws(Damage) -> Unicode.Scalar {
        guard index < bytes.count else { throw damage("a character behind a backslash") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let first = try unit()
            guard first & 0xfc00 == 0xd800, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
                bytes[index + 1] == UInt8(ascii: "u")
            else { return Unicode.Scalar(first) ?? "\u{fffd}" }
            index += 2
            let second = try unit()
            guard second & 0xfc00 == 0xdc00 else { return "\u{fffd}" }
            return Unicode.Scalar(0x10000 + (first & 0x3ff) << 10 + (second & 0x3ff)) ?? "\u{fffd}"
        default: throw damage("one of `\"\\/bfnrtu` behind a backslash")
        }
    }

    private mutating func unit() throws(Damage) -> UInt32 {
        guard index + 4 <= bytes.count,
            let value = Digits.hexadecimal(String(decoding: bytes[index..<(index + 4)], as: UTF8.self))
        else { throw damage("four hexadecimal digits") }
        index += 4
        return UInt32(truncatingIfNeeded: value)
    }
}
