import MusterSpec

extension VLLM {
    /// From this release on the first local rank prints for its node (`info_once`); before, each rank printed its own.
    private static let once = EngineVersion.known("0.11.1")

    /// The lines of a start in their order. Compiling happens while the KV cache is sized, by a trial step.
    static let phases = PhaseMatcher(
        [
            PhasePattern("distributed_init_method=", .rendezvous, .unit, from: once),
            PhasePattern(" is assigned as DP rank ", .connected, .unit, from: once),
            PhasePattern(" is assigned as DP rank ", .connected, .worker, before: once),
        ] + own("Starting to load model ", .weights) + [
            // Behind a colon, or `(eager):`; the first rank of the world draws it, and all read the same files.
            PhasePattern("checkpoint shards*: ", .weights, .unit, isBar: true),
            PhasePattern("Multi-thread loading shards*: ", .weights, .unit, isBar: true),
        ] + own("Loading weights took ", .loaded) + own("Model loading took ", .loaded) + [
            PhasePattern("Loading model weights took ~ GB", .loaded, .worker, before: .known("0.11.0"))
        ] + own("Dynamo bytecode transform time", .memory) + own("Compiling a graph for ", .memory)
            + own("torch.compile t*k", .memory) + [
                PhasePattern("Available KV cache memory", .memory, .unit, from: .known("0.9.1")),
                PhasePattern("KV cache size:", .memory, .unit),
                PhasePattern("cuda blocks: #, ", .memory, .unit, before: .known("0.11.0")),
                PhasePattern("Capturing CUDA graph", .graphs, .unit, isBar: true),
            ] + own("Graph capturing finished", .initialized) + [
                PhasePattern("init engine (profile, create kv cache, warmup model) took", .initialized, .unit),
                PhasePattern("Starting vLLM *server", .http, .unit),
                PhasePattern("Application startup complete", .serving, .unit),
            ]
    )

    private static func own(_ text: LinePattern, _ phase: Phase) -> [PhasePattern] {
        [PhasePattern(text, phase, .unit, from: once), PhasePattern(text, phase, .worker, before: once)]
    }
}
