extension LogHead {
    /// Bytes from a head's bracket to its first tag: `[2026-01-01 10:00:00`.
    private static let shortest = 20

    /// Where the last head with a date stands in a line: from its `[` to before its `]`. That is the beginning of the line,
    /// or somewhere behind what another process has printed without ending it.
    static func lastDated(in line: Span<UInt8>) -> Range<Int>? {
        var end = line.count
        var start = line.count - 1
        while start >= 0 {
            if line[start] == UInt8(ascii: "]") { end = start }
            if line[start] == UInt8(ascii: "["), end - start >= shortest, end < line.count, isDate(line, at: start + 1)
            {
                return start..<end
            }
            start -= 1
        }
        return nil
    }

    /// `2026-01-01 10:00:00`
    static func isDate(_ line: Span<UInt8>, at start: Int) -> Bool {
        let form: StaticString = "0000-00-00 00:00:00"
        return form.withUTF8Buffer { form in
            form.indices.allSatisfy { index in
                let byte = line[start + index]
                return form[index] == UInt8(ascii: "0") ? 48...57 ~= byte : byte == form[index]
            }
        }
    }
}

extension Substring {
    /// The text at a range of its bytes, which must not cut a character; heads are ASCII.
    func bytes(_ range: Range<Int>) -> Substring {
        let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
        return self[start..<utf8.index(start, offsetBy: range.count)]
    }
}
