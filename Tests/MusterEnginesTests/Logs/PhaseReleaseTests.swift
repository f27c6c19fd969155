import MusterEngines
import MusterSpec
import Testing

/// What a line says to the knowledge of one release.
struct ReleaseRow: CustomTestStringConvertible {
    var engine: String
    var version: String
    var line: String
    var says: String
    var testDescription: String { "\(engine) \(version): \(line)" }

    init(_ engine: String, _ version: String, _ line: String, _ says: String) {
        self.engine = engine
        self.version = version
        self.line = line
        self.says = says
    }
}

@Suite("Lines of releases")
struct PhaseReleaseTests {
    private static let time = "2026-03-04 05:06:07"
    private static let info = "INFO 03-04 05:06:07 [gpu_model_runner.py:12]"

    @Test(
        "say what that release means by them",
        arguments: [
            ReleaseRow("sglang", "0.5.23", "[\(time) TP3] Memory baseline taken. avail mem=78.1 GB", "connected 3.0"),
            ReleaseRow(
                "sglang",
                "0.5.19",
                "[\(time) PP1 TP3] Gated launch still waiting for activation",
                "connected 3.1"
            ),
            ReleaseRow("sglang", "0.5.15", "[\(time) TP3] KV VA upper bound. #tokens: 90, size 3 GB", "memory 3.0"),
            ReleaseRow(
                "sglang",
                "0.5.15",
                "[\(time) TP3] Capture draft decode CPU graph end. Took 3 s",
                "initialized 3.0"
            ),
            ReleaseRow(
                "sglang",
                "0.4.6.post5",
                "Loading pt checkpoint shards:  50% Completed | 1/2 [00:10<00:15]",
                "weights 0.0 1/2"
            ),
            // Nobody knows better than the file which release runs, but the log does.
            ReleaseRow("sglang", "0.4.4.post1", "[\(time) TP3] Init parallel ends. elapsed=4.10 s", "connected 3.0"),
            ReleaseRow(
                "vllm",
                "0.7.3",
                "INFO 03-04 05:06:07 model_runner.py:1115] Loading model weights took 9.20 GB",
                "loaded"
            ),
            ReleaseRow(
                "vllm",
                "0.7.3",
                "INFO 03-04 05:06:07 executor_base.py:1] # cuda blocks: 90, # CPU blocks: 9",
                "memory"
            ),
            ReleaseRow(
                "vllm",
                "0.10.0",
                "(VllmWorker rank=6 pid=9) \(info) Loading weights took 9.20 seconds",
                "loaded 2.1"
            ),
            ReleaseRow(
                "vllm",
                "0.11.0",
                "(Worker_PP1_TP2 pid=9) \(info) Model loading took 9.2 GiB and 3.1 seconds",
                "loaded 2.1"
            ),
            ReleaseRow("vllm", "0.11.0", "(EngineCore_DP0 pid=9) \(info) Starting to load model /m...", "weights"),
            ReleaseRow(
                "vllm",
                "0.11.1",
                "(Worker_PP1_TP2 pid=9) \(info) Model loading took 9.2 GiB and 3.1 seconds",
                "loaded"
            ),
            ReleaseRow("vllm", "0.12.0", "(Worker_TP0 pid=9) \(info) torch.compile takes 31.2 s in total", "memory"),
            ReleaseRow("vllm", "0.32.0", "(Worker_TP0 pid=9) \(info) torch.compile took 31.2 s in total", "memory"),
            ReleaseRow(
                "vllm",
                "0.32.0",
                "(Worker_TP0 pid=9) \(info) Compiling a graph for compile range (1, 8192) takes 9 s",
                "memory"
            ),
            ReleaseRow("vllm", "0.32.0", "(EngineCore pid=9) \(info) GPU + host KV cache size: 90 tokens", "memory"),
            ReleaseRow(
                "vllm",
                "0.12.0",
                "Loading safetensors checkpoint shards (eager):  50% Completed | 1/2 [00:10]",
                "weights 1/2"
            ),
            ReleaseRow(
                "vllm",
                "0.12.0",
                "Multi-thread loading shards:  50% Completed | 1/2 [00:10<00:15]",
                "weights 1/2"
            ),
            ReleaseRow(
                "vllm",
                "0.9.2",
                "Capturing CUDA graph shapes:  10%|█         | 7/67 [00:03<00:26]",
                "graphs 7/67"
            ),
        ]
    )
    func releases(row: ReleaseRow) throws {
        let knowledge = try #require(sample(row.engine, row.version, "tp_size: 4", "pp_size: 2", "gpus_per_node: 8"))
        #expect(LogRow.says(knowledge.signal(in: row.line[...])) == row.says)
    }

    @Test(
        "are told from lines that only look like them",
        arguments: [
            ReleaseRow("sglang", "0.5.9", "Loading safetensors checkpoint shards: found on /nfs", "-"),
            ReleaseRow("sglang", "0.5.9", "[\(time) TP3] Capture is over; the graph ends here", "-"),
            ReleaseRow("sglang", "0.5.9", "Load weight begin. avail mem=43.51 GB", "-"),
            ReleaseRow("vllm", "0.32.0", "Capturing CUDA graph pool is private", "-"),
            ReleaseRow("vllm", "0.32.0", "(APIServer pid=1) \(info) Starting vLLM", "-"),
        ]
    )
    func others(row: ReleaseRow) throws {
        let knowledge = try #require(sample(row.engine, row.version))
        #expect(LogRow.says(knowledge.signal(in: row.line[...])) == row.says)
    }
}

@Suite("Progress bars")
struct ProgressBarTests {
    private func says(_ engine: String, _ text: String) throws -> [String] {
        let knowledge = try #require(sample(engine, engine == "vllm" ? "0.32.0" : "0.5.9"))
        var lines = LogLines()
        let whole = lines.feed(Array(text.utf8)) + [lines.finish()].compactMap { $0 }
        return whole.compactMap { knowledge.signal(in: $0[...]) }.map { LogRow.says($0) }
    }

    @Test("count at each redraw, in colours and with any end of line")
    func redraws() throws {
        let bar = { (done: Int) in
            "Multi-thread loading shards: \(done * 20)% Completed | \(done)/5 [00:0\(done)<00:09, 1.3it/s]"
        }
        let counts = (0...5).map { "weights 0.0 \($0)/5" }
        #expect(try says("sglang", "\r" + (0...5).map(bar).joined(separator: "\r") + "\n") == counts)
        #expect(try says("sglang", (0...5).map { "\u{1b}[32m" + bar($0) + "\u{1b}[0m\r\n" }.joined()) == counts)
        // Several bars at once move the cursor between their lines.
        #expect(try says("sglang", (0...5).map { "\n\r" + bar($0) + "\u{1b}[A" }.joined()) == counts)
    }

    @Test("that are not finished go on as another rank's line, and that line counts")
    func glued() throws {
        let line = "[2026-03-04 05:06:07 TP6] Capture cuda graph begin. This can take up to several minutes.\n"
        let bar = "Capturing batches (avail_mem=7.80 GB):   0%|          | 0/23 [00:00<?, ?it/s]"
        #expect(try says("sglang", bar + line) == ["graphs 6.0"])
        #expect(
            try says("sglang", bar + "[2026-03-04 05:06:07 TP6] Custom allreduce 3/4 [off]\n") == ["graphs 0.0 0/23"]
        )
    }

    @Test("of all ranks of a node may follow each other")
    func ranks() throws {
        let bars = (0..<4).map {
            "(Worker_TP\($0) pid=\($0 + 9)) Capturing CUDA graphs (decode, FULL): 9%|▉ | 3/35 [00:02]\r"
        }
        #expect(try says("vllm", bars.joined()) == Array(repeating: "graphs 3/35", count: 4))
    }
}
