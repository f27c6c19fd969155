import MusterEngines
import MusterRuntime
import MusterSpec

/// What one core reads of an engine's log: its bytes cut into lines, and each line asked where its ranks are and what has
/// failed.
struct LogLinesBench {
    private let file: String
    private let log: String
    private let runs: Int

    private struct Failed: Error, CustomStringConvertible { let description: String }

    /// About as much as a node ships at once.
    private static let piece = 64 << 10

    init?(_ arguments: ArraySlice<String>) {
        guard let words = FileWords(arguments, runs: 5) else { return nil }
        (file, log, runs) = (words.file, words.other, words.runs)
    }

    func run() throws {
        let machine = LocalFiles.machine()
        guard let spec = ClusterFile(bytes: try read(file, machine), name: file).spec else {
            throw Failed(description: "the file of the benchmark is not valid")
        }
        let knowledge = engine(for: spec)
        let bytes = try read(log, machine)
        let pieces = stride(from: 0, to: bytes.count, by: Self.piece).map {
            Array(bytes[$0..<min($0 + Self.piece, bytes.count)])
        }
        var (cutting, phases, both) = (Laps(), Laps(), Laps())
        var (lines, signals, failures) = (0, 0, 0)
        for _ in 0..<runs {
            lines = cutting.measure { count(pieces) { _ in true } }
            signals = phases.measure { count(pieces) { knowledge.signal(in: $0) != nil } }
            failures = both.measure {
                count(pieces) { line in
                    let isSignal = knowledge.signal(in: line) != nil
                    return FailureMatcher.shared.match(line) != nil && !isSignal
                }
            }
        }
        print(
            #"{"lines":\#(lines),"bytes":\#(bytes.count),"signals":\#(signals),"failures":\#(failures),"#
                + #""cut_ms":\#(cutting.wall),"cut_cpu_ms":\#(cutting.processor),"#
                + #""phases_ms":\#(phases.wall),"phases_cpu_ms":\#(phases.processor),"#
                + #""both_ms":\#(both.wall),"both_cpu_ms":\#(both.processor)}"#
        )
    }

    /// How many lines something holds of.
    private func count(_ pieces: [[UInt8]], where holds: (Substring) -> Bool) -> Int {
        var cutter = LogLines()
        var count = 0
        for piece in pieces {
            for line in cutter.feed(piece) where holds(line[...]) { count += 1 }
        }
        if let line = cutter.finish(), holds(line[...]) { count += 1 }
        return count
    }

    private func read(_ path: String, _ machine: LocalMachine) throws -> [UInt8] {
        try LocalFiles.read(path, machine, limit: 1 << 30).mapError { Failed(description: "`\(path)`: \($0.reason)") }
            .get()
    }
}
