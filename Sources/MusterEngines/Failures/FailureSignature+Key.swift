package import MusterSpec

extension FailureSignature {
    /// Flags that mean the same to both engines, in SGLang's words and in vLLM's.
    private static let vllmNames = [
        "args.mem-fraction-static": "args.gpu-memory-utilization", "args.disable-cuda-graph": "args.enforce-eager",
    ]

    /// The key of the cluster file that the remedy changes, in the words of the engine that runs.
    package func key(for engine: EngineSpec.Kind?) -> String? {
        key.map { engine == .vllm ? Self.vllmNames[$0] ?? $0 : $0 }
    }
}
