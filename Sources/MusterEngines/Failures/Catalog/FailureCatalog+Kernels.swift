import MusterSpec

extension FailureCatalog {
    /// GPU kernels that a card or an image cannot run.
    static let kernels: [FailureSignature] = [
        .init(
            "triton-shared-memory",
            .model,
            .fatal,
            .cause,
            .graphs,
            ["out of resource: shared memory, Required: #, Hardware limit: #"],
            means: "A Triton kernel wants more shared memory than a block of this GPU has.",
            fix: "Run a release whose block sizes know this GPU (SGLang 0.4.4.post2 for MLA on L40S), or another "
                + "attention backend.",
            key: "engine.version",
            releases: [.init(engine: .sglang, from: nil, before: .known("0.4.4.post2")), .init(engine: .vllm)]
        ),
        .init(
            "sgl-int8-gemm-sm89",
            .sglang,
            .fatal,
            .cause,
            .graphs,
            ["gemm executioin failed, error: "],
            means: "SGLang's INT8 matrix kernel has no tile that fits an L40S or L20.",
            fix: "Run SGLang 0.4.4.post2 or newer.",
            key: "engine.version",
            releases: [.init(engine: .sglang, from: nil, before: .known("0.4.4.post2"))]
        ),
        .init(
            "fp8e4nv-unsupported",
            .model,
            .fatal,
            .cause,
            .load,
            [
                "fp8e4nv not supported in this architecture",
                "fp8e4nv data type is not supported on CUDA arch < 89",
            ],
            means: "The weights are FP8, and this GPU is older than the first that computes with it.",
            fix: "Serve INT8, AWQ or BF16 weights on these nodes.",
            key: "model"
        ),
        .init(
            "cutlass-scaled-mm-cap",
            .vllm,
            .fatal,
            .cause,
            .load,
            ["No compiled cutlass_scaled_mm for a compute capability"],
            means: "This build of vLLM has no kernel for the quantisation on this GPU.",
            fix: "Use another quantisation, or a build for this GPU.",
            key: "model"
        ),
        .init(
            "ptxas-shared-data",
            .sglang,
            .fatal,
            .cause,
            .serving,
            ["ptxas error*: Entry function * uses too much shared data (~ bytes, ~ max)"],
            means: "A kernel compiled on the spot needs more shared memory than the GPU has for this batch.",
            fix: "Lower the largest CUDA graph batch, or update the engine.",
            key: "args.cuda-graph-max-bs",
            releases: [.init(engine: .sglang, from: .known("0.5.11"), before: nil)]
        ),
        .init(
            "moe-default-config",
            .model,
            .harmless,
            .cause,
            .graphs,
            ["Using default MoE config. Performance might be"],
            means: "There is no tuned table of expert kernels for this GPU and shape: slower, and nothing is wrong.",
            fix: "Nothing, or tune once and mount the table."
        ),
        .init(
            "fp8-block-default-config",
            .sglang,
            .harmless,
            .cause,
            .graphs,
            ["Using default W8A8 Block FP8 kernel config"],
            means: "There is no tuned table of FP8 block kernels for this GPU: slower, and nothing is wrong.",
            fix: "Nothing, or tune once."
        ),
        .init(
            "custom-allreduce-pcie",
            .gpu,
            .harmless,
            .cause,
            .communicator,
            ["Custom allreduce is disabled because it's not supported on more than two PCIe-only GPUs"],
            means: "These GPUs have no NVLink, so NCCL reduces instead of the engine's own kernel.",
            fix: "Nothing."
        ),
        .init(
            "custom-allreduce-multinode",
            .gpu,
            .harmless,
            .cause,
            .communicator,
            ["Custom allreduce is disabled because this process group spans across nodes"],
            means: "Tensor parallelism reaches over nodes, so NCCL reduces instead of the engine's own kernel.",
            fix: "Nothing."
        ),
    ]
}
