import Yams

/// Places in the text of a file: where a value begins by the parser's word, and where it ends by the text's.
struct EditableText {
    typealias Index = String.Index

    let source: SourceFile

    init(_ source: SourceFile) { self.source = source }

    var scalars: String.UnicodeScalarView { source.text.unicodeScalars }

    /// What ends the lines of this file.
    var newline: String {
        guard source.lines.count > 1 else { return "\n" }
        return String(source.text[source.lines[0].endIndex..<source.lines[1].startIndex])
    }

    func index(_ mark: Mark?) -> Index? {
        guard let mark, let line = source.line(mark.line) else { return nil }
        return scalars.index(line.startIndex, offsetBy: mark.column - 1, limitedBy: line.endIndex)
    }

    /// The end of the line that a place is on, before what terminates it.
    func lineEnd(_ index: Index) -> Index {
        source.lines.first { $0.startIndex <= index && index <= $0.endIndex }?.endIndex ?? scalars.endIndex
    }

    func lineStart(_ index: Index) -> Index {
        source.lines.first { $0.startIndex <= index && index <= $0.endIndex }?.startIndex ?? scalars.startIndex
    }

    func skippingBlanks(_ index: Index) -> Index {
        var index = index
        while index < scalars.endIndex, scalars[index] == " " || scalars[index] == "\t" {
            index = scalars.index(after: index)
        }
        return index
    }

    /// The bracket that a value begins with, an anchor or a tag before it left out; nothing for one in block style.
    func opening(_ mark: Mark?, _ bracket: Unicode.Scalar) -> Index? {
        guard var start = index(mark) else { return nil }
        while start < scalars.endIndex, scalars[start] == "&" || scalars[start] == "!" {
            start = scalars[start...].firstIndex { " \t\r\n".unicodeScalars.contains($0) } ?? scalars.endIndex
            start = skippingBlanks(start)
        }
        return start < scalars.endIndex && scalars[start] == bracket ? start : nil
    }

    /// The place behind the colon of a key; nothing for keys that are written in an uncommon way.
    func colonEnd(ofKey key: Node.Scalar) -> Index? {
        guard let start = index(key.mark), let end = end(of: key, at: start, isFlow: true, isKey: true) else {
            return nil
        }
        let colon = skippingBlanks(end)
        guard colon < scalars.endIndex, scalars[colon] == ":" else { return nil }
        return scalars.index(after: colon)
    }

    /// Where a scalar on one line ends; nothing for one that the text does not show as it is.
    func end(of scalar: Node.Scalar, at start: Index, isFlow: Bool, isKey: Bool = false) -> Index? {
        let limit = lineEnd(start)
        guard start < limit else { return nil }
        let first = scalars[start]
        if first == "\"" || first == "'" { return quotedEnd(start, limit) }
        guard !"&*!|>[{".unicodeScalars.contains(first) else { return nil }
        var index = start
        var end = start
        while index < limit {
            let scalar = scalars[index]
            let next = scalars.index(after: index)
            let isBeforeBlank = next == limit || scalars[next] == " " || scalars[next] == "\t"
            if isFlow, ",]}".unicodeScalars.contains(scalar) { break }
            if isKey, scalar == ":", isBeforeBlank { break }
            if scalar == "#", index > start, isBlank(scalars.index(before: index)) { break }
            index = next
            if scalar != " ", scalar != "\t" { end = next }
        }
        return source.text[start..<end] == scalar.string ? end : nil
    }

    private func isBlank(_ index: Index) -> Bool { scalars[index] == " " || scalars[index] == "\t" }

    private func quotedEnd(_ start: Index, _ limit: Index) -> Index? {
        let quote = scalars[start]
        var index = scalars.index(after: start)
        while index < limit {
            let next = scalars.index(after: index)
            if scalars[index] == "\\", quote == "\"" {
                guard next < limit else { return nil }
                index = scalars.index(after: next)
                continue
            }
            if scalars[index] == quote {
                // Two single quotes are one that does not end the text.
                guard quote == "'", next < limit, scalars[next] == "'" else { return next }
                index = scalars.index(after: next)
                continue
            }
            index = next
        }
        return nil
    }

    /// The bracket that closes the one at a place, and the end of what stands last before it.
    func closing(_ open: Index) -> (bracket: Index, contentEnd: Index)? {
        var depth = 0
        var index = open
        var contentEnd = scalars.index(after: open)
        while index < scalars.endIndex {
            let scalar = scalars[index]
            let isFirst = index == scalars.startIndex || isSeparator(scalars.index(before: index))
            if scalar == "#", isFirst {
                index = lineEnd(index)
                continue
            }
            if scalar == "\"" || scalar == "'", isFirst {
                guard let end = quotedEnd(index, lineEnd(index)) else { return nil }
                (index, contentEnd) = (end, end)
                continue
            }
            if "[{".unicodeScalars.contains(scalar) { depth += 1 }
            if "]}".unicodeScalars.contains(scalar) {
                depth -= 1
                if depth == 0 { return (index, contentEnd) }
            }
            index = scalars.index(after: index)
            if !" \t\r\n".unicodeScalars.contains(scalar) { contentEnd = index }
        }
        return nil
    }

    /// Whether something new begins behind a place.
    private func isSeparator(_ index: Index) -> Bool { " \t\r\n[{,:".unicodeScalars.contains(scalars[index]) }
}
