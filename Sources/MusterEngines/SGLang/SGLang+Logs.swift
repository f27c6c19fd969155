extension SGLang {
    /// Lines look like `[2026-01-01 10:00:00 TP3] text`; the tags are global ranks, and a line without one is the
    /// launcher's. Progress bars have no head and come from world rank 0; the last line of one that is not finished goes on
    /// as another rank's line, so the last head of a line is the one that counts.
    package func signal(in line: Substring) -> LogSignal? {
        let bytes = line.utf8.span.extracting(first: PhaseMatcher.longestLine)
        guard let pattern = Self.phases.match(bytes, version) else { return nil }
        let head = LogHead.lastDated(in: bytes)
        switch pattern.speaker {
        case .head, .worker:
            guard let head else { return nil }
            return LogSignal(pattern.phase, worker: tagged(line.bytes(head)))
        case .firstRank:
            // A bar ends where a head begins; what a head stands before is no bar.
            let bar = head.map { line.bytes(0..<$0.lowerBound) } ?? line
            guard let progress = LineText.progress(in: bar) else { return nil }
            return LogSignal(pattern.phase, worker: WorkerTitle(tensor: 0, pipeline: 0), progress: progress)
        case .unit: return LogSignal(pattern.phase)
        }
    }

    /// The worker of a head; nothing for the launcher's.
    private func tagged(_ head: Substring) -> WorkerTitle? {
        let isTagged = [" TP", " PP", " DP"].contains { LineText.contains($0, in: head) }
        return isTagged ? title(head, " TP", " PP", " DP") : nil
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
        let group = LineText.number(behind: data, in: text) ?? 0
        return WorkerTitle(
            tensor: LineText.number(behind: tensor, in: text) ?? 0,
            pipeline: LineText.number(behind: pipeline, in: text) ?? 0,
            data: group > 0 && usesAttentionDataParallel ? 0 : group
        )
    }
}
