extension FailureCatalog {
    /// The model's files and its shape.
    static let weights: [FailureSignature] = [
        .init(
            "tp-not-divisible-quant",
            .model,
            .fatal,
            .cause,
            .load,
            [
                "output_partition_size = # is not divisible by ", "input_size_per_partition = # is not divisible by ",
                "weight = # is not divisible by ",
            ],
            means: "Tensor parallelism cuts a quantised weight into pieces that are no whole blocks.",
            fix: "Lower the tensor parallel size and raise the pipeline's, or turn expert parallelism on.",
            key: "tp_size"
        ),
        .init(
            "model-arch-unsupported",
            .model,
            .fatal,
            .cause,
            .load,
            [
                "Model architectures [*] are not supported", "Model architecture [*] is not supported",
                "Model architectures [*] is not supported", "Model architecture [*] are not supported",
            ],
            means: "This release of the engine does not know the model.",
            fix: "Run a newer release.",
            key: "engine.version"
        ),
        .init(
            "weights-key-missing",
            .model,
            .fatal,
            .cause,
            .load,
            ["KeyError: 'model.layers.#."],
            means: "The checkpoint names its tensors otherwise than the engine's code for the model.",
            fix: "Match the engine's release to the checkpoint, and see that the index is of this checkpoint.",
            key: "engine.version"
        ),
        .init(
            "safetensors-header",
            .model,
            .fatal,
            .cause,
            .load,
            ["Error while deserializing header:"],
            means: "A shard of the weights is cut short, or no weights at all but a pointer or a web page.",
            fix: "Copy that shard to the node again; muster doctor compares the sizes.",
            key: "model"
        ),
        .init(
            "hf-file-missing",
            .model,
            .fatal,
            .cause,
            .load,
            ["does not appear to have a file named ~"],
            means: "The model's folder on this node lacks a file.",
            fix: "Copy the whole folder to every node, with its code and tokenizer.",
            key: "model"
        ),
        .init(
            "hf-gated",
            .model,
            .fatal,
            .cause,
            .load,
            ["Cannot access gated repo", "You are trying to access a gated repo"],
            means: "The model may only be fetched by accounts that were let in, and none was named.",
            fix: "Set a token that has access, or give a folder that holds the model.",
            key: "env.HF_TOKEN"
        ),
        .init(
            "trust-remote-code",
            .model,
            .fatal,
            .cause,
            .load,
            ["requires you to execute the configuration file in that repo"],
            means: "The model comes with code of its own, which the engine runs only when told to.",
            fix: "Allow it, if you trust where the model is from.",
            key: "args.trust-remote-code"
        ),
        .init(
            "abi-undefined-symbol",
            .model,
            .fatal,
            .cause,
            .load,
            [
                "undefined symbol: _ZN~3c10", "undefined symbol: _ZN3c10", "undefined symbol: _ZN~5torch",
                "undefined symbol: _ZN5torch", "undefined symbol: _ZN2at", "undefined symbol: _ZNK2at",
            ],
            means: "A kernel library was built for another PyTorch than the one installed.",
            fix: "Install engine, kernels and PyTorch of one release, or run one image on all nodes.",
            key: "runtime.docker.image"
        ),
    ]

    static let progress: [FailureSignature] = [
        .init(
            "sgl-ready",
            .progress,
            .harmless,
            .cause,
            .ready,
            ["The server is fired up and ready to roll!"],
            means: "SGLang has answered its own first request and serves.",
            fix: "Nothing."
        ),
        .init(
            "uvicorn-ready",
            .progress,
            .harmless,
            .cause,
            .ready,
            ["Application startup complete."],
            means: "The HTTP server is up.",
            fix: "Nothing."
        ),
    ]
}
