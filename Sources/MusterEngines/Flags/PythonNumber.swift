/// Numbers as Python reads them, since the engines' parsers call `int` and `float`.
enum PythonNumber {
    /// `int(text)`, as far as it fits.
    static func integer(_ text: String) -> Int? {
        plain(text).flatMap { Int($0) }
    }

    /// `float(text)`.
    static func number(_ text: String) -> Double? {
        guard let plain = plain(text) else { return nil }
        // Swift reads hexadecimal numbers and the payload of a NaN, too.
        let isDecimal = plain.utf8.allSatisfy { (48...57).contains($0) || "+-.eE".utf8.contains($0) }
        let word = plain.drop { $0 == "+" || $0 == "-" }.lowercased()
        return isDecimal || ["inf", "infinity", "nan"].contains(word) ? Double(plain) : nil
    }

    /// A whole number, or one with a suffix: lower case stands for powers of 1000 and takes a fraction, upper case for
    /// powers of 1024 and takes none (vllm/utils/argparse_utils.py, `human_readable_int`).
    static func isCount(_ text: String) -> Bool {
        if integer(text) != nil { return true }
        guard let suffix = text.last, "kmgtKMGT".contains(suffix) else { return false }
        return isDecimal(text.dropLast(), mayHaveFraction: suffix.isLowercase)
    }

    /// A whole number, or one with a suffix: `k`, `M`, `G` and `T` stand for powers of 1000 and take a fraction, `Ki`, `Mi`,
    /// `Gi` and `Ti` for powers of 1024 and take none (sglang/srt/utils/common.py, `human_readable_int`).
    static func isIECCount(_ text: String) -> Bool {
        if integer(text) != nil { return true }
        for prefix in ["k", "M", "G", "T"] where text.hasSuffix(prefix) {
            return isDecimal(text.dropLast(), mayHaveFraction: true)
        }
        for prefix in ["Ki", "Mi", "Gi", "Ti"] where text.hasSuffix(prefix) {
            return isDecimal(text.dropLast(2), mayHaveFraction: false)
        }
        return false
    }

    /// What `isCount` takes, as a number; nothing for one that does not fit.
    static func count(_ text: String) -> Int? {
        if let number = integer(text) { return number }
        guard isCount(text), let suffix = text.last else { return nil }
        return times(text.dropLast(), power(suffix.lowercased(), of: suffix.isLowercase ? 1000 : 1024))
    }

    /// What `isIECCount` takes, as a number; nothing for one that does not fit.
    static func iecCount(_ text: String) -> Int? {
        if let number = integer(text) { return number }
        guard isIECCount(text) else { return nil }
        let isBinary = text.hasSuffix("i")
        let digits = text.dropLast(isBinary ? 2 : 1)
        let suffix = text.dropFirst(digits.count).prefix(1).lowercased()
        return times(digits, power(suffix, of: isBinary ? 1024 : 1000))
    }

    private static func power(_ suffix: String, of base: Double) -> Double {
        switch suffix {
        case "k": base
        case "m": base * base
        case "g": base * base * base
        default: base * base * base * base
        }
    }

    /// A part of one is cut off, where it is no error of binary fractions.
    private static func times(_ digits: Substring, _ factor: Double) -> Int? {
        guard let product = Double(digits).map({ $0 * factor }), product < 9e15 else { return nil }
        return Int(product.rounded() - product < 1e-6 ? product.rounded() : product)
    }

    /// Whether argparse takes a word for a flag: what begins with a dash does, unless it is a negative number.
    static func looksLikeFlag(_ text: String) -> Bool {
        guard text.hasPrefix("-"), text != "-" else { return false }
        let parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        let isDigits = parts.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } }
        return !isDigits || parts.count > 2 || parts.last?.isEmpty != false
    }

    private static func isDecimal(_ text: Substring, mayHaveFraction: Bool) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isDigits = parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
        return isDigits && parts.count <= (mayHaveFraction ? 2 : 1)
    }

    /// Without the spaces around it and the underscores between digits, which Python skips.
    private static func plain(_ text: String) -> String? {
        let body = text.drop(while: \.isWhitespace)
        let core = body.prefix(body.count - body.reversed().prefix(while: \.isWhitespace).count)
        let parts = core.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count > 1 else { return String(core) }
        let isGrouped = zip(parts, parts.dropFirst()).allSatisfy { left, right in
            left.last?.isWholeNumber == true && right.first?.isWholeNumber == true
        }
        return isGrouped ? parts.joined() : nil
    }
}
