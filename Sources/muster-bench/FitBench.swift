import MusterDoctor
import MusterEngines
import MusterPlan
import MusterRuntime
import MusterSpec

/// What it costs to judge whether a model fits: its configuration read, shapes and memory judged, ways out tried.
struct FitBench {
    private let file: String
    private let config: String
    private let runs: Int
    /// One judgement is too short to be timed.
    private static let judgements = 100

    private struct Failed: Error, CustomStringConvertible { let description: String }

    init?(_ arguments: ArraySlice<String>) {
        guard let words = FileWords(arguments, runs: 9) else { return nil }
        (file, config, runs) = (words.file, words.other, words.runs)
    }

    func run() throws {
        let machine = LocalFiles.machine()
        guard let spec = CheckedFile(ClusterFile(bytes: try read(file, machine), name: file)).spec else {
            throw Failed(description: "the file of the benchmark is not valid")
        }
        let bytes = try read(config, machine)
        var laps = Laps()
        var (problems, tokens) = (0, 0)
        for _ in 0..<runs {
            laps.measure {
                for _ in 0..<Self.judgements {
                    guard let shape = ModelConfig.read(bytes).value else { return }
                    let fit = ModelFit(spec: spec, shape: shape, checkpoint: nil, card: KnownCard.l40s.memory)
                    (problems, tokens) = (fit.problems.count, fit.tightest?.tokens?.likely ?? 0)
                }
            }
        }
        guard tokens > 0 else { throw Failed(description: "the model of the benchmark is not judged") }
        print(
            #"{"judgements":\#(Self.judgements),"problems":\#(problems),"tokens":\#(tokens),"#
                + #""judge_ms":\#(laps.wall),"judge_cpu_ms":\#(laps.processor)}"#
        )
    }

    private func read(_ path: String, _ machine: LocalMachine) throws -> [UInt8] {
        try LocalFiles.read(path, machine).mapError { Failed(description: "`\(path)`: \($0.reason)") }.get()
    }
}
