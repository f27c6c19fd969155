extension SGLang {
    /// Lines look like `[2026-01-01 10:00:00 TP3] text`; the tags are global ranks, and a line without one is the
    /// launcher's. Progress bars have no prefix and come from world rank 0.
    package func signal(in line: Substring) -> LogSignal? {
        if line.utf8.first == UInt8(ascii: "["), let close = line.firstIndex(of: "]") {
            let tags = line[..<close]
            let text = line[line.index(after: close)...]
            let isTagged = LineText.contains(" TP", in: tags) || LineText.contains(" PP", in: tags)
            let worker = isTagged || LineText.contains(" DP", in: tags) ? title(tags, " TP", " PP", " DP") : nil
            return Self.phase(of: text).map { LogSignal($0, worker: worker) }
        }
        return Self.bar(line)
    }

    private static func phase(of text: Substring) -> Phase? {
        // Ordered by how often a line of a loading engine matches.
        if LineText.contains("Init torch distributed begin", in: text) { return .rendezvous }
        if LineText.contains("Init parallel begin", in: text) { return .rendezvous }
        if LineText.contains("Init torch distributed ends", in: text) { return .connected }
        if LineText.contains("Init parallel ends", in: text) { return .connected }
        if LineText.contains("Load weight begin", in: text) { return .weights }
        if LineText.contains("Load weight end", in: text) { return .loaded }
        if LineText.contains("KV Cache is allocated", in: text) { return .memory }
        if LineText.contains("Memory pool end", in: text) { return .memory }
        if LineText.contains("Capture ", in: text) {
            if LineText.contains("graph begin", in: text) { return .graphs }
            if LineText.contains("graph end", in: text) { return .initialized }
        }
        if LineText.contains("max_total_num_tokens=", in: text) { return .initialized }
        if LineText.contains("ummy health check server", in: text) { return .http }
        if LineText.contains("The server is fired up and ready to roll!", in: text) { return .serving }
        return nil
    }

    private static func bar(_ line: Substring) -> LogSignal? {
        let first = WorkerTitle(tensor: 0, pipeline: 0)
        if LineText.contains("checkpoint shards", in: line) || LineText.contains("loading shards", in: line) {
            return LogSignal(.weights, worker: first, progress: LineText.progress(in: line))
        }
        if LineText.contains("Capturing batches", in: line) {
            return LogSignal(.graphs, worker: first, progress: LineText.progress(in: line))
        }
        if LineText.contains("Uvicorn running on", in: line) { return LogSignal(.http) }
        return nil
    }

    /// Printed every `--decode-log-interval` steps (40 by default) while requests are decoded, and never when idle.
    package func generates(in line: Substring) -> Bool { LineText.contains("Decode batch", in: line) }

    /// `sglang::scheduler_DP0_PP1_TP3_EP3`; newer releases leave out what has size 1.
    package func worker(title: String) -> WorkerTitle? {
        guard title.hasPrefix("sglang::scheduler") else { return nil }
        return self.title(title.prefix { $0 != " " }, "_TP", "_PP", "_DP")
    }

    /// With DP attention the DP number repeats what the TP number already says.
    private func title(
        _ text: Substring,
        _ tensor: StaticString,
        _ pipeline: StaticString,
        _ data: StaticString
    )
        -> WorkerTitle
    {
        WorkerTitle(
            tensor: LineText.number(behind: tensor, in: text) ?? 0,
            pipeline: LineText.number(behind: pipeline, in: text) ?? 0,
            data: usesAttentionDataParallel ? 0 : LineText.number(behind: data, in: text) ?? 0
        )
    }
}
