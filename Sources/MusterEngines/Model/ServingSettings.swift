import MusterSpec

/// What a file asks of an engine that decides over memory, under no engine's names.
struct ServingSettings {
    /// How long a request may be, in tokens.
    enum Context {
        case given(Int)
        /// By the model.
        case model
        /// As long as fits.
        case automatic
        /// In a form that is not known here.
        case unreadable
    }

    /// The key that a longest request is written under: `context-length`.
    let contextFlag: String
    var context = Context.model
    /// Where the file writes it.
    var contextKey: (name: String, span: SourceSpan)?
    /// The key of the memory fraction.
    let fractionFlag: String
    var fraction: FileArguments.Given<Double>?
    /// Bits of a number in the cache; nothing where it cannot be told.
    var cacheBits: Int? = 16
    /// Whether the file names the format of the cache.
    var namesCache = false
    /// How the matrices are stored once they are loaded, and on disk.
    var quantisation = Loaded.asStored
    /// Bytes of a number that is not quantised.
    var plainBytes = 2.0
    /// Tokens of a page of the cache.
    var page: FileArguments.Given<Int>?
    /// Tokens of a piece of a long prompt.
    var chunk: FileArguments.Given<Int>?
    var mostRequests: Int?
    var mostTokens: Int?
    /// The cache's size, where the file gives it.
    var cacheBytes: Int?
    var graphs = Graphs()
    /// A flag that changes the model or the memory in ways that are not counted here.
    var unknown: String?
    /// A flag whose number cannot be read.
    var unreadable: String?

    /// For which work CUDA graphs are captured.
    struct Graphs: Hashable {
        var decode = true
        var prefill = true

        var areCaptured: Bool { decode || prefill }
    }

    /// What loading does to the stored matrices.
    enum Loaded {
        case asStored
        /// The checkpoint says nothing, the file does: `--quantization w8a8_int8`.
        case storedBy(Quantisation.Scheme)
        /// Stored whole and quantised while loading.
        case whileLoading(Quantisation.Scheme)
        case unknown
    }

    init(contextFlag: String, fractionFlag: String) {
        self.contextFlag = contextFlag
        self.fractionFlag = fractionFlag
    }

    /// The first of the flags that the file gives.
    mutating func setAside(_ flags: [String], _ arguments: FileArguments) {
        let isLoadedPlainly = ["auto", "safetensors", "pt"].contains(arguments.text("load-format")?.value ?? "auto")
        unknown = flags.first { arguments.changes($0) } ?? (isLoadedPlainly ? nil : "load-format")
    }

    /// `--quantization` of either engine against what `config.json` says.
    mutating func takeQuantisation(_ arguments: FileArguments, _ shape: ModelShape) {
        // A flag beside the checkpoint's own word has to be equal to it, and is refused otherwise.
        guard shape.quantisation == nil, arguments.has("quantization") else { return }
        switch arguments.text("quantization")?.value {
        case "w8a8_int8", "w8a8_fp8": quantisation = .storedBy(.channel(bits: 8))
        case "fp8": quantisation = .whileLoading(.tensor(bits: 8))
        case "unquant", "none", "None": break
        default: quantisation = .unknown
        }
    }

    /// `--kv-cache-dtype` of either engine.
    mutating func takeCache(_ arguments: FileArguments, _ shape: ModelShape) {
        guard let text = arguments.text("kv-cache-dtype")?.value, text != "auto" else {
            // What `auto` makes of a checkpoint's wish changed between releases.
            cacheBits = shape.quantisation?.cache == nil ? 16 : nil
            return
        }
        namesCache = true
        switch text {
        case "fp8", "fp8_e5m2", "fp8_e4m3": cacheBits = 8
        case "bf16", "bfloat16", "float16", "half": cacheBits = 16
        default: cacheBits = nil
        }
    }

    /// `--dtype` of either engine: by default, numbers of 32 bits are halved.
    mutating func takeFormat(_ arguments: FileArguments) {
        if let text = arguments.text("dtype")?.value, text == "float" || text == "float32" { plainBytes = 4 }
    }
}
