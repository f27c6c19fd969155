/// Cuts bytes into lines and takes out what a terminal would act on.
enum LineSplitter {
    /// The lines of a text. Colour escapes and carriage returns are gone, other control bytes are question marks:
    /// what is quoted from a log later must not move the reader's cursor. Leading `# source:` comments and
    /// shell prompts are skipped.
    static func lines(of bytes: [UInt8]) -> [Line] {
        let bytes = clean(bytes)
        var lines: [Line] = []
        var number = 1
        var start = 0
        var index = 0
        var indent = 0
        var isIndent = true
        var hasTab = false
        let count = bytes.count
        while index <= count {
            let byte = index < count ? bytes[index] : 0x0a
            if byte == 0x0a {
                if index < count || index > start {
                    lines.append(
                        Line(number: number, source: bytes, start: start, end: index, indent: indent, hasTab: hasTab)
                    )
                }
                number += 1
                start = index + 1
                indent = 0
                isIndent = true
                hasTab = false
            } else if byte == 0x09 {
                hasTab = true
                if isIndent { indent += 1 }
            } else if byte == 0x20 {
                if isIndent { indent += 1 }
            } else {
                isIndent = false
            }
            index += 1
        }
        let comments = lines.prefix(while: isPreamble).count
        return comments == 0 ? lines : Array(lines.dropFirst(comments))
    }

    /// `# source: ...` of a stored text, or the prompt and the command above a pasted one.
    private static func isPreamble(_ line: Line) -> Bool {
        switch line.first {
        case UInt8(ascii: "#"): line.text.hasPrefix("# source:")
        case UInt8(ascii: "$"): line.text.hasPrefix("$ ")
        default: false
        }
    }

    private static func clean(_ bytes: [UInt8]) -> [UInt8] {
        let count = bytes.count
        var index = firstControl(in: bytes.span)
        guard index < count else { return bytes }
        var plain = Array(bytes[..<index])
        plain.reserveCapacity(count)
        while index < count {
            let byte = bytes[index]
            if byte == 0x1b {
                index = end(ofEscape: index, in: bytes)
                continue
            }
            if byte >= 0x20 && byte != 0x7f || byte == 0x0a || byte == 0x09 {
                plain.append(byte)
            } else if byte != 0x0d {
                plain.append(UInt8(ascii: "?"))
            }
            index += 1
        }
        return plain
    }

    private static func firstControl(in bytes: Span<UInt8>) -> Int {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x20 && byte != 0x0a && byte != 0x09 || byte == 0x7f { return index }
            index += 1
        }
        return index
    }

    /// The index behind an ECMA-48 control sequence, which never reaches over the end of its line.
    private static func end(ofEscape start: Int, in bytes: [UInt8]) -> Int {
        var index = start + 1
        guard index < bytes.count, bytes[index] == UInt8(ascii: "[") else { return index }
        index += 1
        while index < bytes.count, (0x20...0x3f).contains(bytes[index]) { index += 1 }
        return index < bytes.count && (0x40...0x7e).contains(bytes[index]) ? index + 1 : index
    }
}
