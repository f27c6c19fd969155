/// Who speaks in a line, by the engine's prefix.
enum LogHead {
    /// Longer heads are none.
    private static let longest = 120

    /// `TP3` of SGLang's `[2026-01-01 10:00:00 TP3]`, `rank3` of PyTorch's `[rank3]:`, `Worker_TP0 pid=9` of vLLM's
    /// `(Worker_TP0 pid=9)`. Empty for a launcher's line; nothing for a line without a head.
    static func worker(_ line: Substring) -> String? {
        let bytes = line.utf8
        guard let first = bytes.first else { return nil }
        let close: UInt8
        switch first {
        case UInt8(ascii: "["): close = UInt8(ascii: "]")
        case UInt8(ascii: "("): close = UInt8(ascii: ")")
        default: return nil
        }
        guard let end = bytes.prefix(longest).firstIndex(of: close) else { return nil }
        let inside = line[bytes.index(after: bytes.startIndex)..<end]
        if first == UInt8(ascii: "(") { return inside.utf8.contains(UInt8(ascii: "=")) ? String(inside) : nil }
        if inside.hasPrefix("rank") { return String(inside) }
        guard let digit = inside.utf8.first, 48...57 ~= digit else { return nil }
        // Behind date and time.
        let words = inside.split(separator: " ", maxSplits: 2)
        return words.count == 3 ? String(words[2]) : ""
    }
}
