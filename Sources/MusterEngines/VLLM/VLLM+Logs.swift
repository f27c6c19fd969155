extension VLLM {
    /// Lines look like `(Worker_TP0 pid=9) INFO 01-01 10:00:00 [file.py:1] text`. Most of those that mark a phase are
    /// printed by the first local rank only (`info_once`), and before groups exist a worker's prefix has no rank in it:
    /// so every line speaks for all ranks of its node.
    package func signal(in line: Substring) -> LogSignal? {
        if LineText.contains("Capturing CUDA graph", in: line) {
            return LogSignal(.graphs, progress: LineText.progress(in: line))
        }
        if LineText.contains("checkpoint shards", in: line) || LineText.contains("loading shards", in: line) {
            return LogSignal(.weights, progress: LineText.progress(in: line))
        }
        return Self.phase(of: line).map { LogSignal($0) }
    }

    private static func phase(of line: Substring) -> Phase? {
        if LineText.contains("distributed_init_method=", in: line) { return .rendezvous }
        if LineText.contains(" is assigned as DP rank ", in: line) { return .connected }
        if LineText.contains("Starting to load model ", in: line) { return .weights }
        if LineText.contains("Loading weights took ", in: line) { return .loaded }
        if LineText.contains("Model loading took ", in: line) { return .loaded }
        if LineText.contains("Available KV cache memory", in: line) { return .memory }
        if LineText.contains("KV cache size:", in: line) { return .memory }
        if LineText.contains("Graph capturing finished", in: line) { return .initialized }
        if LineText.contains("init engine (profile, create kv cache, warmup model) took", in: line) {
            return .initialized
        }
        if LineText.contains("Starting vLLM ", in: line), LineText.contains("server", in: line) { return .http }
        if LineText.contains("Application startup complete", in: line) { return .serving }
        return nil
    }

    /// Printed every 10 s; when idle once more, with 0.0, and then not at all.
    package func generates(in line: Substring) -> Bool {
        guard let rest = LineText.after("Avg generation throughput: ", in: line) else { return false }
        return rest.utf8.prefix { $0 != UInt8(ascii: " ") }.contains {
            (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0)
        }
    }

    /// `VLLM::Worker_DP0_PP1_TP3_EP7`, only sizes above 1; the TP number is the global TP rank.
    package func worker(title: String) -> WorkerTitle? {
        guard title.hasPrefix("VLLM::Worker") else { return nil }
        let word = title.prefix { $0 != " " }
        return WorkerTitle(
            tensor: LineText.number(behind: "_TP", in: word) ?? 0,
            pipeline: LineText.number(behind: "_PP", in: word) ?? 0,
            data: LineText.number(behind: "_DP", in: word) ?? 0
        )
    }
}
