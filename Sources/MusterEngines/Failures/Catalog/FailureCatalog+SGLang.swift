extension FailureCatalog {
    static let sglang: [FailureSignature] = [
        .init(
            "sgl-weights-leave-no-kv",
            .sglang,
            .fatal,
            .cause,
            .cache,
            ["Loaded weights leave no GPU memory for the KV cache under --mem-fraction-static=~"],
            means: "The weights alone fill the share of memory the engine may use.",
            fix: "Set the fraction that the line goes on to name, if it fits.",
            key: "args.mem-fraction-static"
        ),
        .init(
            "sgl-not-enough-memory",
            .sglang,
            .fatal,
            .cause,
            .cache,
            ["Not enough memory. Please try to increase --mem-fraction-static"],
            means: "After the weights were loaded, nothing is left for the KV cache.",
            fix: "Raise the fraction a little, or shorten the context; if that ends in out of memory, use more GPUs.",
            key: "args.mem-fraction-static"
        ),
        .init(
            "sgl-kv-negative",
            .sglang,
            .fatal,
            .cause,
            .cache,
            ["max_total_tokens=# is larger than the profiled value -#"],
            means: "The memory left for the KV cache came out below zero: the weights do not fit the share.",
            fix: "Raise the fraction, or use more GPUs; muster fit shows the sum.",
            key: "args.mem-fraction-static"
        ),
        .init(
            "sgl-memory-unbalanced",
            .sglang,
            .fatal,
            .cause,
            .communicator,
            ["The memory capacity is unbalanced"],
            means: "One GPU has much less free memory than its peers: something else runs there, or the cards differ.",
            fix: "End what holds the memory; muster doctor names the process.",
            key: "nodes"
        ),
        .init(
            "sgl-req-slots",
            .sglang,
            .fatal,
            .cause,
            .serving,
            ["alloc_req_slots runs out of memory"],
            means: "More requests ran at once than there were slots for.",
            fix: "Change the number of running requests as the line says.",
            key: "args.max-running-requests"
        ),
        .init(
            "sgl-kv-leak",
            .sglang,
            .fatal,
            .cause,
            .serving,
            ["token_to_kv_pool_allocator memory leak detected"],
            means: "SGLang counted its cache while idle and found pages missing: a bug of the engine.",
            fix: "Start again with a newer release.",
            key: "engine.version"
        ),
        .init(
            "cuda-graph-capture-failed",
            .sglang,
            .fatal,
            .umbrella,
            .graphs,
            ["Capture cuda graph failed"],
            means: "Recording CUDA graphs failed, for the reason that stands behind it.",
            fix: "Lower the largest batch that is captured.",
            key: "args.cuda-graph-max-bs"
        ),
        .init(
            "sgl-scheduler-exception",
            .sglang,
            .fatal,
            .umbrella,
            .any,
            ["Scheduler hit an exception: Traceback"],
            means: "A rank ended with an exception, which the end of its traceback names.",
            fix: "Read the last line of the traceback."
        ),
        .init(
            "sgl-child-died",
            .sglang,
            .fatal,
            .umbrella,
            .any,
            ["Received sigquit from a child proces", "SIGQUIT received"],
            means: "The launcher ends because one of its ranks did.",
            fix: "Read the traceback before this line."
        ),
        .init(
            "sgl-watchdog",
            .sglang,
            .fatal,
            .symptom,
            .serving,
            ["Watchdog timeout (self.watchdog_timeout=#"],
            means: "One step of the model took longer than it may: a collective hangs, or kernels are still compiled.",
            fix: "Find the rank that stands still; give more time only if the first steps compile.",
            key: "args.watchdog-timeout"
        ),
        .init(
            "sgl-warmup-failed",
            .sglang,
            .fatal,
            .symptom,
            .serving,
            ["Initialization failed. warmup error", "Initialization failed. Please see"],
            means: "The server could not answer its own first request.",
            fix: "See that no proxy variable catches localhost.",
            key: "env.no_proxy"
        ),
    ]
}
