import MusterSpec

extension SGLang {
    /// The lines of a start in their order, then the bars: a bar that is not finished has the next line of another rank
    /// behind it, and that says more.
    ///
    /// Where a line changed between two releases that were read, both forms are known to those between them. Sources:
    /// 0.4.4.post1 and 0.5.9 model_executor/model_runner.py, 0.5.23 distributed/bootstrap.py and
    /// model_executor/cuda_graph_setup.py, managers/scheduler.py and entrypoints/http_server.py of each.
    static let phases = PhaseMatcher([
        PhasePattern("Init torch distributed begin", .rendezvous, .head, before: .known("0.5.21")),
        PhasePattern("Init parallel begin", .rendezvous, .head, from: .known("0.5.20")),
        PhasePattern("Init torch distributed ends", .connected, .head, before: .known("0.5.21")),
        PhasePattern("Init parallel ends", .connected, .head, from: .known("0.5.20")),
        PhasePattern("Gated launch ", .connected, .head, from: .known("0.5.18")),
        PhasePattern("Memory baseline taken", .connected, .head, from: .known("0.5.20")),
        PhasePattern("Load weight begin", .weights, .head),
        PhasePattern("Load weight end", .loaded, .head),
        PhasePattern("KV Cache is allocated", .memory, .head),
        PhasePattern("VA upper bound", .memory, .head, from: .known("0.5.10")),
        PhasePattern("Memory pool end", .memory, .head),
        PhasePattern("Capture *graph begin", .graphs, .head),
        PhasePattern("Capture *graph end.", .initialized, .head),
        PhasePattern("max_total_num_tokens=#", .initialized, .head),
        PhasePattern("ummy health check server", .http, .head, from: .known("0.4.5")),
        PhasePattern("Uvicorn running on", .http, .unit),
        PhasePattern("The server is fired up and ready to roll!", .serving, .head),
        PhasePattern("checkpoint shards:", .weights, .firstRank, isBar: true),
        PhasePattern("Multi-thread loading shards:", .weights, .firstRank, isBar: true),
        PhasePattern("Capturing batches", .graphs, .firstRank, isBar: true),
    ])
}
