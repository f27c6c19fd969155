import MusterEngines
import MusterPlan
import MusterSpec
import MusterTesting
import Testing

/// The plan of a cluster file that must be valid.
func plan(of text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> LaunchPlan {
    let checked = CheckedFile(ClusterFile(bytes: Array(text.utf8), name: "cluster.yaml"))
    let problems = checked.diagnostics.map { "\($0.code) \($0.message) \($0.found ?? "")" }
    return try #require(checked.plans.first, "\(problems)", sourceLocation: sourceLocation)
}

/// The three example files.
enum Example: String, CaseIterable, CustomTestStringConvertible {
    case sglangOneNode = "h20-1x8-sglang"
    case sglangFourNodes = "l40s-4x8-tp32-sglang"
    case vllmTwoNodes = "vllm-2x8-tp16"

    var testDescription: String { rawValue }

    func plan() throws -> LaunchPlan { try MusterSupervisionTests.plan(of: try Repository.config(rawValue)) }
}

extension LaunchPlan {
    /// What a log line of this plan's engine says; the line must say something.
    func signal(_ line: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> LogSignal {
        try #require(knowledge.signal(in: line[...]), "\(line)", sourceLocation: sourceLocation)
    }

    /// A line in which one worker says that it has come to a phase.
    func line(_ phase: Phase, rank: Int) throws -> LogSignal {
        let words: [Phase: String] =
            switch engine {
            case .sglang:
                [
                    .rendezvous: "Init torch distributed begin.", .connected: "Init torch distributed ends.",
                    .weights: "Load weight begin.", .loaded: "Load weight end.", .memory: "KV Cache is allocated.",
                    .graphs: "Capture cuda graph begin.", .initialized: "max_total_num_tokens=4096",
                ]
            case .vllm:
                [
                    .rendezvous: "world_size=16 distributed_init_method=tcp://10.0.0.1:29501",
                    .connected: "rank 0 in world size 16 is assigned as DP rank 0",
                    .weights: "Starting to load model x",
                    .loaded: "Loading weights took 3.0 seconds", .memory: "Available KV cache memory: 9 GiB",
                    .graphs: "Capturing CUDA graphs: 1/35", .initialized: "Graph capturing finished in 9 secs",
                ]
            }
        let text = try #require(words[phase])
        switch engine {
        case .sglang: return try signal("[2026-01-01 10:00:00 TP\(rank)] \(text)")
        case .vllm: return try signal("(Worker_TP\(rank) pid=9) INFO 01-01 10:00:00 [a.py:1] \(text)")
        }
    }

    /// The line with which the launcher of node rank 0 says that it serves HTTP.
    func httpLine() throws -> LogSignal {
        switch engine {
        case .sglang: try signal("INFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)")
        case .vllm:
            try signal(
                "(APIServer pid=7) INFO 01-01 10:00:00 [a.py:1] Starting vLLM API server 0 on http://0.0.0.0:8000"
            )
        }
    }
}
