import MusterSpec

extension FailureCatalog {
    static let vllm: [FailureSignature] = [
        .init(
            "vllm-no-cache-blocks",
            .vllm,
            .fatal,
            .cause,
            .cache,
            ["No available memory for the cache blocks"],
            means: "The weights and a trial step leave nothing of the engine's share for the KV cache.",
            fix: "Raise the share, shorten the context, or use more GPUs.",
            key: "args.gpu-memory-utilization"
        ),
        .init(
            "vllm-free-memory-low",
            .vllm,
            .fatal,
            .cause,
            .load,
            ["Free memory on device*GiB) on startup is less than desired GPU memory utilization"],
            means: "Something else already holds memory of the GPU: a rank of an earlier run, or a second server.",
            fix: "End what holds the memory on that node, or lower the share.",
            key: "args.gpu-memory-utilization",
            releases: [.init(engine: .vllm, from: .known("0.9.0"), before: nil)]
        ),
        .init(
            "vllm-max-seq-kv-v0",
            .vllm,
            .fatal,
            .cause,
            .cache,
            ["max seq len (#) is larger than the maximum number of tokens that can be stored in KV cache (#)"],
            means: "One request of full length does not fit the KV cache; the second number is what does.",
            fix: "Set the length to the second number or less.",
            key: "args.max-model-len"
        ),
        .init(
            "vllm-max-seq-kv-v1",
            .vllm,
            .fatal,
            .cause,
            .cache,
            ["max seq len (#), (~ GiB KV cache is needed, which is larger than the available KV cache memory (~ GiB)"],
            means: "One request of full length does not fit the KV cache.",
            fix: "Set the length to what the line estimates or less.",
            key: "args.max-model-len"
        ),
        .init(
            "vllm-max-len-derived",
            .vllm,
            .fatal,
            .cause,
            .load,
            ["User-specified max_model_len (#) is greater than the derived max_model_len"],
            means: "The file asks for a longer context than the model was made for.",
            fix: "Lower it to the model's own length.",
            key: "args.max-model-len"
        ),
        .init(
            "tp-not-divisible-heads",
            .vllm,
            .fatal,
            .cause,
            .load,
            ["Total number of attention heads (#) must be divisible by tensor parallel size (#)"],
            means: "The model's attention heads cannot be dealt evenly to so many ranks.",
            fix: "Choose a tensor parallel size that divides the first number.",
            key: "tp_size"
        ),
        .init(
            "vllm-local-world-size",
            .vllm,
            .fatal,
            .cause,
            .bootstrap,
            ["local_world_size (#) must be less than or equal to the number of visible devices (#)"],
            means: "vLLM took the ranks of all nodes for ranks of this one.",
            fix: "Choose an executor that spans nodes, or a release that was mended.",
            key: "engine.version",
            releases: [.init(engine: .vllm, from: .known("0.11.1"), before: .known("0.12.0"))]
        ),
        .init(
            "vllm-rpc-timeout",
            .vllm,
            .fatal,
            .symptom,
            .serving,
            ["RPC call to ~ timed out"],
            means: "A worker did not answer the engine: it hangs, or is gone.",
            fix: "Read that worker's log; give more time only if its first steps compile.",
            key: "env.VLLM_EXECUTE_MODEL_TIMEOUT_SECONDS"
        ),
        .init(
            "vllm-enginecore-failed",
            .vllm,
            .fatal,
            .umbrella,
            .any,
            ["EngineCore failed to start", "Engine core initialization failed"],
            means: "The engine ended while it started, for a reason that its traceback names.",
            fix: "Read the exception of the same process before this line."
        ),
        .init(
            "vllm-method-deadlock",
            .vllm,
            .warning,
            .umbrella,
            .any,
            ["Error executing method ~ This might cause deadlock in distributed execution"],
            means: "One worker failed, and the others wait for it.",
            fix: "Stop the deployment; the traceback that follows is the reason."
        ),
        .init(
            "vllm-shm-broadcast",
            .vllm,
            .warning,
            .symptom,
            .serving,
            [
                "No available block found in # second", "No available shared memory broadcast block found in # second",
            ],
            means: "A worker took no message for a while: it compiles, or it hangs.",
            fix: "Wait while the engine starts; while it serves, look for the worker that stands still."
        ),
    ]
}
