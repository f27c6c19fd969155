import Testing

@testable import MusterEngines

@Suite("The catalogue of failures")
struct FailureCatalogTests {
    /// A line that the pattern was made for.
    private static func line(_ pattern: LinePattern) -> Substring {
        var number = pattern.numbers.min() ?? (1...).first { !pattern.excluded.contains($0) } ?? 1
        let pieces = pattern.pieces.map { piece -> String in
            switch piece {
            case .literal(let bytes): return String(decoding: bytes, as: UTF8.self)
            case .any: return " "
            case .word: return "node-2"
            case .number:
                defer { number = 9 }
                return String(number)
            }
        }
        return Substring("(Worker_TP3 pid=9) ERROR 03-04 05:06:07 " + pieces.joined() + ", and more")
    }

    @Test("no signature hides another: each form of a line is told as what it is", arguments: FailureCatalog.all)
    func own(_ signature: FailureSignature) {
        for pattern in signature.patterns {
            let line = Self.line(pattern)
            let match = FailureMatcher.shared.match(line)
            #expect(match?.signature.id == signature.id, "\(line)")
            #expect(match?.role == pattern.role ?? signature.role, "\(line)")
        }
    }

    @Test("colours, other heads and what stands around a line change nothing")
    func surroundings() {
        let text = "NVRM: Xid (PCI:0000:91:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus."
        for line in [text, "[6781741.548779] \(text)", "`\(text)`", "kern  :err  : 2026-03-04T05:06:07,1 \(text)"] {
            #expect(FailureMatcher.shared.match(Substring(line))?.signature.id == "xid-79-off-bus", "\(line)")
        }
    }

    @Test("a line that only speaks of failures is none")
    func innocent() {
        for line in [
            "", " ", "CUDA", "no error", "Xid", "NVRM: loading NVIDIA UNIX x86_64 Kernel Module  550.54.15",
            "ncclCommInitRank comm 0x1 rank 0 nranks 32 - Init COMPLETE", "Connection closed", "killed 0 stale ranks",
            "server_args=ServerArgs(watchdog_timeout=300)", "INFO: Shutting down", "Retrying (1/3)",
        ] {
            #expect(FailureMatcher.shared.match(Substring(line)) == nil, "\(line)")
        }
    }
}
