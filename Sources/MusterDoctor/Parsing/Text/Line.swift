/// One line of a text: a stretch of its bytes, decoded only where somebody asks.
struct Line: Sendable {
    /// 1-based, counted in the text as it came.
    let number: Int
    /// All bytes, shared by all lines.
    private let source: [UInt8]
    private let start: Int
    private let end: Int
    /// Where the first byte that is no blank stands, counted from the start of the line.
    let indent: Int
    let hasTab: Bool

    init(number: Int, source: [UInt8], start: Int, end: Int, indent: Int, hasTab: Bool) {
        self.number = number
        self.source = source
        self.start = start
        self.end = end
        self.indent = indent
        self.hasTab = hasTab
    }

    var isBlank: Bool { start + indent >= end }
    /// The first byte that is no blank, or zero.
    var first: UInt8 { isBlank ? 0 : source[start + indent] }

    var text: String { decoded(start, end) }
    /// Without blanks at both ends.
    var trimmed: String { trimmed(start, end) }

    /// The stretches between blanks and tabs.
    var words: [Word] { words(from: 0) }

    /// The stretches between blanks and tabs from an offset in bytes on.
    func words(from offset: Int) -> [Word] {
        var words: [Word] = []
        var index = start + offset
        while index < end {
            while index < end, source[index] == 0x20 || source[index] == 0x09 { index += 1 }
            guard index < end else { break }
            let first = index
            while index < end, source[index] != 0x20, source[index] != 0x09 { index += 1 }
            words.append(Word(text: decoded(first, index), column: first - start + 1))
        }
        return words
    }

    /// The stretches between occurrences of one byte, without blanks at their ends; empty ones count.
    func cells(between separator: UInt8) -> [Word] {
        var cells: [Word] = []
        var first = start
        var index = start
        while index <= end {
            if index == end || source[index] == separator {
                var from = first
                var to = index
                while from < to, source[from] == 0x20 || source[from] == 0x09 { from += 1 }
                while to > from, source[to - 1] == 0x20 || source[to - 1] == 0x09 { to -= 1 }
                cells.append(Word(text: decoded(from, to), column: from - start + 1))
                first = index + 1
            }
            index += 1
        }
        return cells
    }

    /// What stands before and behind the first occurrence of a byte, without blanks at the ends.
    func halves(at separator: UInt8) -> (key: String, value: String)? {
        var index = start + indent
        while index < end, source[index] != separator { index += 1 }
        guard index < end else { return nil }
        return (trimmed(start + indent, index), trimmed(index + 1, end))
    }

    /// The parts of the path and the content of `a/b/c=content`; nothing without a `=`. Below a folder that is known
    /// the path may start with it.
    func assignment(below folder: String) -> (path: [String], content: String)? {
        var from = start + indent
        let length = folder.utf8.count
        if end - from >= length, source[from..<(from + length)].elementsEqual(folder.utf8) { from += length }
        var parts: [String] = []
        // What the deepest files below a device have.
        parts.reserveCapacity(6)
        var index = from
        while index < end, source[index] != UInt8(ascii: "=") {
            if source[index] == UInt8(ascii: "/") {
                parts.append(decoded(from, index))
                from = index + 1
            }
            index += 1
        }
        guard index < end else { return nil }
        parts.append(decoded(from, index))
        return (parts, trimmed(index + 1, end))
    }

    private func trimmed(_ from: Int, _ to: Int) -> String {
        var (from, to) = (from, to)
        while from < to, source[from] == 0x20 || source[from] == 0x09 { from += 1 }
        while to > from, source[to - 1] == 0x20 || source[to - 1] == 0x09 { to -= 1 }
        return decoded(from, to)
    }

    private func decoded(_ from: Int, _ to: Int) -> String {
        // Bytes that are no UTF-8 become U+FFFD, three bytes for one: memory stays within that factor of the input.
        from < to ? String(decoding: source[from..<to], as: UTF8.self) : ""
    }
}

/// A stretch of a line without blanks inside, or a cell of a table.
struct Word: Hashable, Sendable {
    let text: String
    /// 1-based, in bytes.
    let column: Int
}
