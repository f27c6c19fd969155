/// Cutting text by bytes: no grapheme is ever counted, since every separator is ASCII.
enum Cut {
    /// The bytes of a text in place.
    private typealias Bytes = UnsafeBufferPointer<UInt8>

    /// What stands before and behind the first occurrence of a needle.
    static func around(_ needle: String, in text: String) -> (before: String, after: String)? {
        bytes(needle, text) { needle, hay in
            guard let at = position(of: needle, in: hay) else { return nil }
            return (decoded(hay, 0, at), decoded(hay, at + needle.count, hay.count))
        }
    }

    /// What stands behind the first occurrence of a needle.
    static func after(_ needle: String, in text: String) -> String? {
        bytes(needle, text) { needle, hay in
            position(of: needle, in: hay).map { decoded(hay, $0 + needle.count, hay.count) }
        }
    }

    static func contains(_ text: String, _ needle: String) -> Bool {
        bytes(needle, text) { position(of: $0, in: $1) != nil }
    }

    /// What stands behind a prefix of the text.
    static func behind(_ text: String, _ prefix: String) -> String? {
        text.hasPrefix(prefix) ? String(Substring(text.utf8.dropFirst(prefix.utf8.count))) : nil
    }

    /// What stands between two needles, the second looked for behind the first.
    static func between(_ open: String, _ close: String, in text: String) -> String? {
        after(open, in: text).flatMap { around(close, in: $0)?.before }
    }

    /// The parts between occurrences of a byte; empty ones count.
    static func split(_ text: String, _ separator: UInt8) -> [String] {
        bytes(text) { bytes in
            var parts: [String] = []
            var first = 0
            var index = 0
            while index <= bytes.count {
                if index == bytes.count || bytes[index] == separator {
                    parts.append(decoded(bytes, first, index))
                    first = index + 1
                }
                index += 1
            }
            return parts
        }
    }

    /// The parts between occurrences of blanks and tabs; there are no empty ones.
    static func words(_ text: String) -> [String] {
        bytes(text) { bytes in
            var words: [String] = []
            var first = 0
            var index = 0
            while index <= bytes.count {
                if index == bytes.count || isBlank(bytes[index]) {
                    if first < index { words.append(decoded(bytes, first, index)) }
                    first = index + 1
                }
                index += 1
            }
            return words
        }
    }

    /// Without blanks and tabs at both ends.
    static func trim(_ text: String) -> String {
        guard let first = text.utf8.first, let last = text.utf8.last, isBlank(first) || isBlank(last) else {
            return text
        }
        return bytes(text) { bytes in
            var from = 0
            var to = bytes.count
            while from < to, isBlank(bytes[from]) { from += 1 }
            while to > from, isBlank(bytes[to - 1]) { to -= 1 }
            return decoded(bytes, from, to)
        }
    }

    /// Without these texts at the front and at the back, where both are there.
    static func unwrap(_ text: String, _ open: String, _ close: String) -> String? {
        let inside = open.utf8.count..<max(open.utf8.count, text.utf8.count - close.utf8.count)
        guard text.utf8.count >= open.utf8.count + close.utf8.count, text.hasPrefix(open), text.hasSuffix(close) else {
            return nil
        }
        return bytes(text) { decoded($0, inside.lowerBound, inside.upperBound) }
    }

    /// At most so many bytes: what is written more than once must not be as long as the input.
    static func short(_ text: String, _ longest: Int = 80) -> String {
        text.utf8.count <= longest ? text : String(decoding: text.utf8.prefix(longest), as: UTF8.self) + "..."
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func position(of needle: Bytes, in hay: Bytes) -> Int? {
        guard let first = needle.first else { return nil }
        let last = hay.count - needle.count
        var start = 0
        while start <= last {
            if hay[start] == first {
                var offset = 1
                while offset < needle.count, hay[start + offset] == needle[offset] { offset += 1 }
                if offset == needle.count { return start }
            }
            start += 1
        }
        return nil
    }

    /// The pointers live as long as the closure, and none of them leaves this file.
    private static func bytes<Result>(_ text: String, _ body: (Bytes) -> Result) -> Result {
        var text = text
        return text.withUTF8 { body($0) }
    }

    private static func bytes<Result>(_ needle: String, _ text: String, _ body: (Bytes, Bytes) -> Result) -> Result {
        bytes(needle) { needle in bytes(text) { body(needle, $0) } }
    }

    private static func decoded(_ bytes: Bytes, _ from: Int, _ to: Int) -> String {
        from < to ? String(decoding: Bytes(rebasing: bytes[from..<to]), as: UTF8.self) : ""
    }
}
