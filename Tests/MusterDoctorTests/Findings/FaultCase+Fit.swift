import MusterSpec
import MusterTesting

@testable import MusterDoctor

extension FaultCase {
    private static let everywhere = ["gpu-1", "gpu-2", "gpu-3", "gpu-4"]

    /// Models that do not run as the file says. DeepSeek-V3 takes 138 shards of five gigabytes.
    static let fit: [FaultCase] = [
        FaultCase(
            title: "blocks of 128 over 32 ranks",
            code: .modelShapeUnfit,
            nodes: everywhere,
            subject: "quantisation blocks",
            measured: "dense layers 18432 / 32 = 576, experts 2048 / 32 = 64, shared experts 2048 / 32 = 64",
            change: "blocks resized to 64x64",
            line: 6
        ) { $0.model(ModelTexts.deepSeek(blocks: 128), shards: 138) },
        FaultCase(
            title: "heads that 32 ranks do not share",
            code: .modelShapeUnfit,
            nodes: everywhere,
            subject: "attention heads",
            measured: "28 heads over 32 ranks",
            change: "write `tp_size: 4` with `pp_size: 8`",
            line: 6
        ) { fleet in
            fleet.model(
                #"{"model_type": "qwen2", "hidden_size": 3584, "num_hidden_layers": 28, "num_attention_heads": 28, "#
                    + #""num_key_value_heads": 4, "intermediate_size": 18944, "vocab_size": 152064}"#,
                shards: 3
            )
        },
        FaultCase(
            title: "a fraction that is smaller than the weights",
            code: .modelMemoryUnfit,
            nodes: everywhere,
            subject: "weights",
            measured: "20.7",
            change: "write `mem-fraction-static: 0.50`",
            line: 15,
            edit: FileEdit(path: ["args", "mem-fraction-static"], value: "0.50")
        ) { fleet in
            fleet.model(ModelTexts.deepSeek(blocks: 64), shards: 138)
            fleet.line("args:", "args: {mem-fraction-static: 0.40}")
        },
        FaultCase(
            title: "two terabytes of a model that nobody knows",
            code: .modelMemoryUnfit,
            nodes: everywhere,
            subject: "weights",
            measured: "1862.65 GiB of weights on disk, for 32 GPUs",
            change: "use more GPUs",
            line: 6
        ) { $0.model(#"{"model_type": "unheard_of"}"#, shards: 400) },
        FaultCase(
            title: "a request that the cache cannot hold",
            code: .contextUnfit,
            nodes: everywhere,
            subject: "context",
            measured: "tokens fit",
            change: "write `context-length: 73728`",
            line: 15,
            edit: FileEdit(path: ["args", "context-length"], value: "73728")
        ) { fleet in
            fleet.model(ModelTexts.deepSeek(blocks: 64), shards: 138)
            fleet.line("args:", "args: {mem-fraction-static: 0.60, context-length: 163840}")
        },
    ]
}
