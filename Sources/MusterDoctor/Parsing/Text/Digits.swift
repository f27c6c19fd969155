/// Numbers as programs print them: digits only, no sign where none can be, nothing that overflows.
enum Digits {
    /// A whole number of decimal digits that fits.
    static func count(_ text: String) -> Int? {
        guard let first = text.utf8.first, isDigit(first) else { return nil }
        return Int(text)
    }

    /// `0x1f` or `1f`.
    static func hexadecimal(_ text: String) -> Int? {
        let digits = text.hasPrefix("0x") || text.hasPrefix("0X") ? String(text.dropFirst(2)) : text
        guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else { return nil }
        return Int(digits, radix: 16)
    }

    /// `26.562`; neither `nan` nor `inf` nor an exponent, which no program here prints.
    static func decimal(_ text: String) -> Double? {
        guard !text.isEmpty else { return nil }
        for byte in text.utf8 where !isDigit(byte) && byte != UInt8(ascii: ".") && byte != UInt8(ascii: "-") {
            return nil
        }
        return Double(text)
    }

    /// The digits at the end of `GPU12` behind a prefix, where nothing else follows.
    static func index(_ text: String, behind prefix: String) -> Int? {
        Cut.behind(text, prefix).flatMap(count)
    }

    /// Lower-case hexadecimal digits, at least so many.
    static func hexadecimal(_ number: some BinaryInteger, width: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
