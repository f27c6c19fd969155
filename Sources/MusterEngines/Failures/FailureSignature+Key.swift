import MusterSpec

extension FailureSignature {
    /// Flags that mean the same to both engines, in SGLang's words and in vLLM's.
    private static let vllmNames = [
        "args.mem-fraction-static": "args.gpu-memory-utilization", "args.disable-cuda-graph": "args.enforce-eager",
    ]

    /// The key of the cluster file that the remedy changes, in the words of the engine that runs; nothing where the
    /// deployment has no such key.
    package func key(for setting: FailureSetting) -> String? {
        guard let key else { return nil }
        if setting.hasContainers == false, key.hasPrefix("runtime.docker") { return nil }
        return setting.engine == .vllm ? Self.vllmNames[key] ?? key : key
    }
}
