/// Searching log lines without a regular expression: every line of every rank passes through here.
enum LineText {
    /// The text behind the first occurrence of a literal.
    static func after(_ needle: StaticString, in line: Substring) -> Substring? {
        needle.withUTF8Buffer { needle in
            let hay = line.utf8.span
            guard let first = needle.first, hay.count >= needle.count else { return nil }
            for start in 0...(hay.count - needle.count) where hay[start] == first {
                guard needle.indices.allSatisfy({ hay[start + $0] == needle[$0] }) else { continue }
                return line[line.utf8.index(line.utf8.startIndex, offsetBy: start + needle.count)...]
            }
            return nil
        }
    }

    static func contains(_ needle: StaticString, in line: Substring) -> Bool { after(needle, in: line) != nil }

    /// More than any bar of an engine counts, and few enough to calculate with.
    private static let mostCounted = 1_000_000

    /// Reads the `3/163` of a progress bar: the last `number/number` of the text.
    static func progress(in text: Substring) -> LogSignal.Progress? {
        let bytes = Array(text.utf8)
        var index = bytes.count - 1
        while index > 0 {
            defer { index -= 1 }
            guard bytes[index] == UInt8(ascii: "/"), isDigit(bytes[index - 1]) else { continue }
            var start = index
            while start > 0, isDigit(bytes[start - 1]) { start -= 1 }
            var end = index + 1
            while end < bytes.count, isDigit(bytes[end]) { end += 1 }
            guard end > index + 1, let done = Int(String(decoding: bytes[start..<index], as: UTF8.self)),
                let total = Int(String(decoding: bytes[(index + 1)..<end], as: UTF8.self)), total > 0, done <= total,
                total <= mostCounted
            else { continue }
            return .init(done: done, total: total)
        }
        return nil
    }

    /// The number right behind a tag such as `TP` in ` DP0 TP3`.
    static func number(behind tag: StaticString, in text: Substring) -> Int? {
        guard let rest = after(tag, in: text) else { return nil }
        return Int(rest.prefix { $0.isASCII && $0.isNumber })
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
