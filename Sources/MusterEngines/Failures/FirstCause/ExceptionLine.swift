/// The end of a traceback: `ValueError: strange`, with a module before it and an engine's head before that.
enum ExceptionLine {
    private static let endings: [StaticString] = ["Error", "Exception", "Interrupt"]
    /// Behind these another traceback of the same trouble follows.
    private static let joints: [StaticString] = [
        "The above exception was the direct cause", "During handling of the above exc",
    ]

    static func isOne(_ line: Substring) -> Bool {
        let bytes = line.utf8.span
        return endings.contains { ending in
            ending.withUTF8Buffer { ending in
                var start = 0
                while start + ending.count <= bytes.count {
                    defer { start += 1 }
                    guard ending.indices.allSatisfy({ bytes[start + $0] == ending[$0] }) else { continue }
                    return ends(bytes, at: start + ending.count) && begins(bytes, before: start)
                }
                return false
            }
        }
    }

    static func isJoint(_ line: Substring) -> Bool { joints.contains { LineText.contains($0, in: line) } }

    private static func ends(_ line: Span<UInt8>, at index: Int) -> Bool {
        index == line.count || line[index] == UInt8(ascii: ":")
    }

    /// Whether the name that ends here stands at the beginning of the line or right behind a head.
    private static func begins(_ line: Span<UInt8>, before end: Int) -> Bool {
        var start = end
        while start > 0, isName(line[start - 1]) { start -= 1 }
        guard start > 0 else { return true }
        guard start > 1, line[start - 1] == UInt8(ascii: " ") else { return false }
        switch line[start - 2] {
        case UInt8(ascii: "]"), UInt8(ascii: ")"): return true
        case UInt8(ascii: ":"): return start > 2 && line[start - 3] == UInt8(ascii: "]")
        default: return false
        }
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: false
        }
    }
}
