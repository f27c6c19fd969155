import MusterTesting

/// Lines of deployments that run well, in the engines' form, with words that failures have too.
enum HealthyLines {
    static func line(rank: Int, number: Int, _ random: inout SeededRandom) -> String {
        let time = "05:\(10 + number / 60 % 50):\(10 + number % 50)"
        let count = Int.random(in: 1...4096, using: &random)
        let texts = [
            "Decode batch. #running-req: \(count % 64), #token: \(count), token usage: 0.\(count % 9)",
            "Prefill batch. #new-seq: 1, #new-token: \(count), #cached-token: 0, #queue-req: 0",
            "Load weight end. type=DeepseekV3ForCausalLM, dtype=torch.bfloat16, avail mem=21.20 GB, mem usage=20.1 GB.",
            "KV Cache is allocated. #tokens: \(count), KV size: 8.07 GB", "Memory pool end. avail mem=9.01 GB",
            "max_total_num_tokens=\(count), chunked_prefill_size=4096, max_running_requests=2048, context_len=163840",
            "server_args=ServerArgs(watchdog_timeout=300, dist_timeout=None, disable_cuda_graph=False)",
            "INFO:     10.0.0.9:\(40_000 + count) - \"POST /v1/completions HTTP/1.1\" 200 OK",
            "The following error message 'operation scheduled before its operands' can be ignored.",
            "Custom allreduce is disabled because this process group spans across nodes.",
            "Using default MoE config. Performance might be sub-optimal! Config file not found at /a.json",
            "Capture cuda graph end. Time elapsed: 21.40 s. avail mem=7.80 GB.",
            "Cache flushed successfully!", "Exiting is not allowed; error count 0, failed requests 0, retries 0",
        ]
        let text = texts[Int.random(in: 0..<texts.count, using: &random)]
        let nccl = "gpu-1:4711:\(4720 + rank) [\(rank % 8)] NCCL INFO"
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return "(Worker_TP\(rank) pid=\(900 + rank)) INFO 03-04 \(time) [gpu_worker.py:298] \(text)"
        case 1: return "\(nccl) Channel 00/0 : \(rank)[0] -> \(rank + 1)[1] [send] via NET/IB/0/GDRDMA"
        case 2: return "\(nccl) comm 0xb9b7660 rank \(rank) nranks 32 - Init COMPLETE"
        case 3:
            return
                "Loading safetensors checkpoint shards:  \(count % 100)% Completed | \(count % 163)/163 [00:41<00:05]"
        default: return "[2026-03-04 \(time) TP\(rank)] \(text)"
        }
    }
}
