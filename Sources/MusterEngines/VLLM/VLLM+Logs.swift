import MusterSpec

extension VLLM {
    /// Lines look like `(Worker_TP0 pid=9) INFO 01-01 10:00:00 [file.py:1] text`. From 0.11.1 on most of those that mark
    /// a phase are printed by the first local rank only (`info_once`), and before groups exist a worker's prefix has no
    /// rank in it: so every line speaks for all ranks of its node. Before 0.11.1 each rank prints its own.
    package func signal(in line: Substring) -> LogSignal? {
        let bytes = line.utf8.span.extracting(first: PhaseMatcher.longestLine)
        guard let pattern = Self.phases.match(bytes, version) else { return nil }
        guard pattern.isBar else {
            return LogSignal(
                pattern.phase,
                worker: pattern.speaker == .worker ? LogHead.worker(line).flatMap(tagged) : nil
            )
        }
        return LineText.progress(in: line).map { LogSignal(pattern.phase, progress: $0) }
    }

    /// The worker of a head such as `Worker_PP1_TP0 pid=9` or, up to 0.10.0, `VllmWorker rank=3 pid=9`; nothing for other
    /// processes, and for a worker that is alone.
    private func tagged(_ head: String) -> WorkerTitle? {
        if let rank = LineText.number(behind: "VllmWorker rank=", in: head[...]) {
            let tensors = max(1, spec.tensorParallel.value)
            return WorkerTitle(tensor: rank % tensors, pipeline: rank / tensors)
        }
        return head.hasPrefix("Worker_") ? title(head[...]) : nil
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
        return self.title(title[...])
    }

    private func title(_ text: Substring) -> WorkerTitle {
        let word = text.prefix { $0 != " " }
        return WorkerTitle(
            tensor: LineText.number(behind: "_TP", in: word) ?? 0,
            pipeline: LineText.number(behind: "_PP", in: word) ?? 0,
            data: LineText.number(behind: "_DP", in: word) ?? 0
        )
    }
}
