/// Who speaks in a line, by the engine's prefix.
enum LogHead {
    /// Longer heads are none.
    private static let longest = 120

    /// `TP3` of SGLang's `[2026-01-01 10:00:00 TP3]`, `rank3` of PyTorch's `[rank3]:`, `Worker_TP0 pid=9` of vLLM's
    /// `(Worker_TP0 pid=9)`. Empty for a launcher's line, and for NCCL's, which names a process and a card; nothing for a
    /// line without a head.
    static func worker(_ line: Substring) -> String? {
        let bytes = line.utf8.span
        guard bytes.count > 0 else { return nil }
        switch bytes[0] {
        case UInt8(ascii: "["):
            guard let end = end(of: bytes, UInt8(ascii: "]")) else { return nil }
            let inside = line.bytes(1..<end)
            if inside.hasPrefix("rank") { return String(inside) }
            guard isDated(bytes) else { return nil }
            let words = inside.split(separator: " ", maxSplits: 2)
            return words.count == 3 ? String(words[2]) : ""
        case UInt8(ascii: "("):
            guard let end = end(of: bytes, UInt8(ascii: ")")) else { return nil }
            let inside = line.bytes(1..<end)
            return inside.utf8.contains(UInt8(ascii: "=")) ? String(inside) : nil
        default: return isNCCL(bytes) ? "" : nil
        }
    }

    /// Whether it begins a record of SGLang, whose further lines have no head.
    static func isDated(_ line: Span<UInt8>) -> Bool {
        line.count > dateEnd && line[0] == UInt8(ascii: "[") && isDate(line, at: 1)
    }

    /// The bytes of `[2026-01-01 10:00:00`.
    private static let dateEnd = 20

    private static func end(of line: Span<UInt8>, _ close: UInt8) -> Int? {
        (1..<max(1, min(line.count, longest))).first { line[$0] == close }
    }

    /// `gpu-1:1234:1299 [5] NCCL WARN `
    private static func isNCCL(_ line: Span<UInt8>) -> Bool {
        let mark: StaticString = "] NCCL "
        return mark.withUTF8Buffer { mark in
            let last = min(line.count, longest) - mark.count
            guard last > 0 else { return false }
            return (1...last).contains { start in mark.indices.allSatisfy { line[start + $0] == mark[$0] } }
        }
    }
}
