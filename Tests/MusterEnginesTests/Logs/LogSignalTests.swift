import MusterEngines
import MusterSpec
import Testing

/// What a line should say: phase, worker as `tp.pp`, progress as `done/total`.
struct LogRow: CustomTestStringConvertible {
    var line: String
    var says: String
    var testDescription: String { line }

    init(_ line: String, _ says: String) {
        self.line = line
        self.says = says
    }

    static func says(_ signal: LogSignal?) -> String {
        guard let signal else { return "-" }
        let worker = signal.worker.map { " \($0.tensor).\($0.pipeline)" } ?? ""
        let progress = signal.progress.map { " \($0.done)/\($0.total)" } ?? ""
        return "\(signal.phase)" + worker + progress
    }
}

@Suite("Log lines of SGLang")
struct SGLangLogTests {
    private static let time = "2026-03-04 05:06:07"

    @Test(
        "phases, workers and progress",
        arguments: [
            LogRow("[\(time) TP9] Init torch distributed begin.", "rendezvous 9.0"),
            LogRow("[\(time) DP0 TP3] Init torch distributed begin.", "rendezvous 3.0"),
            LogRow("[\(time) PP1 TP3] Init parallel begin.", "rendezvous 3.1"),
            LogRow("[\(time).123 TP3] Init torch distributed ends. mem usage=0.44 GB", "connected 3.0"),
            LogRow("[\(time) TP3] Init torch distributed ends. elapsed=4.10 s, mem usage=0.44 GB", "connected 3.0"),
            LogRow("[\(time) TP3] Init parallel ends. elapsed=4.10 s", "connected 3.0"),
            LogRow("[\(time) TP3 EP3] Load weight begin. avail mem=43.51 GB", "weights 3.0"),
            LogRow(
                "Loading safetensors checkpoint shards:  42% Completed | 69/163 [00:10<00:15,  6.30it/s]",
                "weights 0.0 69/163"
            ),
            LogRow("Multi-thread loading shards:   1% Completed | 2/163 [00:01<01:15,  2.10it/s]", "weights 0.0 2/163"),
            LogRow(
                "[\(time) TP3] Load weight end. type=DeepseekV3ForCausalLM, dtype=torch.bfloat16, avail mem=21.20 GB",
                "loaded 3.0"
            ),
            LogRow("[\(time) TP3] KV Cache is allocated. #tokens: 120310, KV size: 8.07 GB", "memory 3.0"),
            LogRow("[\(time) TP3] Memory pool end. avail mem=9.01 GB", "memory 3.0"),
            LogRow("[\(time) TP3] Capture cuda graph begin. This can take up to several minutes.", "graphs 3.0"),
            LogRow("[\(time) TP3] Capture target decode CUDA graph begin. backend=full", "graphs 3.0"),
            LogRow(
                "Capturing batches (bs=24 avail_mem=7.80 GB):  30%|███       | 3/10 [00:04<00:08,  1.2s/it]",
                "graphs 0.0 3/10"
            ),
            LogRow("[\(time) TP3] Capture cuda graph end. Time elapsed: 21.40 s", "initialized 3.0"),
            LogRow(
                "[\(time) TP0] max_total_num_tokens=120310, chunked_prefill_size=4096, max_running_requests=2048, context_len=163840",
                "initialized 0.0"
            ),
            LogRow("[\(time)] Dummy health check server started in background thread at 0.0.0.0:30000", "http"),
            LogRow("[\(time)] Starting dummy health check server at 0.0.0.0:30000", "http"),
            LogRow("INFO:     Uvicorn running on http://0.0.0.0:30000 (Press CTRL+C to quit)", "http"),
            LogRow("[\(time)] The server is fired up and ready to roll!", "serving"),
            LogRow("[\(time)] server_args=ServerArgs(model_path='/m', tp_size=32)", "-"),
            LogRow("[\(time) TP3] Prefill batch. #new-seq: 1, #new-token: 7", "-"),
            LogRow(
                "[rank3]:[E304 05:06:07.000 ProcessGroupNCCL.cpp:552] Watchdog caught collective operation timeout",
                "-"
            ),
            LogRow("[", "-"), LogRow("", "-"), LogRow("]", "-"), LogRow("[\(time) TP] x", "-"),
            LogRow("[\(time) TP99999999999999999999] Init torch distributed begin.", "rendezvous 0.0"),
        ]
    )
    func lines(row: LogRow) throws {
        let knowledge = try #require(sample("sglang"))
        #expect(LogRow.says(knowledge.signal(in: row.line[...])) == row.says)
    }

    @Test(
        "process titles",
        arguments: [
            ("sglang::scheduler_TP3", "3.0"), ("sglang::scheduler_DP0_PP1_TP3_EP3", "3.1"),
            ("sglang::scheduler", "0.0"),
            ("sglang::scheduler_PP2", "0.2"), ("sglang::scheduler_TP12 --x", "12.0"), ("sglang::detokenizer", "-"),
            ("sglang::data_parallel_controller", "-"), ("python3 -m sglang.launch_server", "-"), ("", "-"),
        ]
    )
    func titles(title: String, says: String) throws {
        let worker = try #require(sample("sglang")).worker(title: title)
        #expect((worker.map { "\($0.tensor).\($0.pipeline)" } ?? "-") == says)
    }
}

@Suite("Log lines of vLLM")
struct VLLMLogTests {
    private static let head = "(EngineCore pid=41) INFO 03-04 05:06:07 [core.py:99]"
    private static let worker = "(Worker_TP9 pid=42) INFO 03-04 05:06:07 [gpu_model_runner.py:12]"

    /// Most lines come from the first local rank and speak for its node, so none names a worker.
    @Test(
        "phases and progress",
        arguments: [
            LogRow(
                "\(worker) world_size=16 rank=9 local_rank=1 distributed_init_method=tcp://10.0.0.1:29501 backend=nccl",
                "rendezvous"
            ),
            LogRow(
                "(Worker_PP1_TP3 pid=1) INFO 03-04 05:06:07 [a.py:1] rank 11 in world size 16 is assigned as DP rank 0, PP rank 1",
                "connected"
            ),
            LogRow("\(worker) Starting to load model /models/DeepSeek-V3...", "weights"),
            LogRow(
                "(Worker_TP0 pid=7) Loading safetensors checkpoint shards:  12% Completed | 20/163 [00:09<01:05]",
                "weights 20/163"
            ),
            LogRow("Loading safetensors checkpoint shards:  12% Completed | 20/163 [00:09<01:05]", "weights 20/163"),
            LogRow("\(worker) Loading weights took 61.21 seconds", "loaded"),
            LogRow("\(worker) Model loading took 41.21 GiB memory and 71.3 seconds", "loaded"),
            LogRow("\(worker) Available KV cache memory: 21.30 GiB", "memory"),
            LogRow("\(head) GPU KV cache size: 210,320 tokens", "memory"),
            LogRow(
                "(Worker_TP0 pid=7) Capturing CUDA graphs (mixed prefill-decode, PIECEWISE):  20%|██        | 7/35 [00:02<00:09]",
                "graphs 7/35"
            ),
            LogRow("\(worker) Graph capturing finished in 21 secs, took 1.20 GiB", "initialized"),
            LogRow(
                "\(head) init engine (profile, create kv cache, warmup model) took 91.21 s (compilation: 31.2 s)",
                "initialized"
            ),
            LogRow(
                "(APIServer pid=1) INFO 03-04 05:06:07 [api_server.py:1] Starting vLLM API server 0 on http://0.0.0.0:8000",
                "http"
            ),
            LogRow(
                "(APIServer pid=1) INFO 03-04 05:06:07 [launcher.py:1] Starting vLLM server on http://0.0.0.0:8000",
                "http"
            ),
            LogRow("(APIServer pid=1) INFO:     Application startup complete.", "serving"),
            LogRow(
                "INFO 03-04 05:06:07 [core.py:1] Initializing a V1 LLM engine (v0.32.0) with config: model='/m'",
                "-"
            ),
            LogRow("(Worker_TP0 pid=7) INFO No available shared memory broadcast block found in 60 seconds.", "-"),
            LogRow("(", "-"), LogRow("", "-"), LogRow("()", "-"),
        ]
    )
    func lines(row: LogRow) throws {
        let knowledge = try #require(sample("vllm", "0.32.0"))
        #expect(LogRow.says(knowledge.signal(in: row.line[...])) == row.says)
    }

    @Test(
        "process titles",
        arguments: [
            ("VLLM::Worker_TP3", "3.0"), ("VLLM::Worker_DP0_PP1_TP3_EP7", "3.1"), ("VLLM::Worker", "0.0"),
            ("VLLM::EngineCore", "-"),
            ("VLLM::APIServer_0", "-"), ("VLLM::DPCoordinator", "-"), ("python3 -c from multiprocessing", "-"),
            ("", "-"),
        ]
    )
    func titles(title: String, says: String) throws {
        let worker = try #require(sample("vllm", "0.32.0")).worker(title: title)
        #expect((worker.map { "\($0.tensor).\($0.pipeline)" } ?? "-") == says)
    }
}

@Suite("Phases")
struct PhaseTests {
    @Test("phases are in the order a start goes through, each with its own word")
    func order() {
        #expect(Phase.allCases == Phase.allCases.sorted())
        #expect(Set(Phase.allCases.map(\.name)).count == Phase.allCases.count)
    }
}
