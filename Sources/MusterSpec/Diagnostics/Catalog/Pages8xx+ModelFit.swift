extension DiagnosticCatalog {
    /// What `doctor` finds about a model's sizes and memory.
    static let modelFitPages: [DiagnosticPage] = [
        DiagnosticPage(
            .modelShapeUnfit,
            "the model's sizes do not divide over the ranks",
            meaning: """
                Tensor parallelism cuts heads, MLPs, experts and the vocabulary into as many parts as there are \
                ranks, and a part must be whole: a whole head, a whole number of quantisation blocks. The engine \
                refuses otherwise, minutes into the launch and often without a word about the reason. DeepSeek-V3 \
                is the known case: its blocks are 128 wide, and 32 ranks leave each 576 of a dense layer and 64 of \
                an expert.
                """,
            fix: """
                Take the first way out that suits: another copy of the model with smaller blocks or none, whole \
                experts on each rank, or fewer ranks in tensor parallelism and more pipeline stages.
                """,
            message: "gpu-1: quantisation blocks: the model's quantisation blocks do not divide over the ranks",
            next: "grep -A3 weight_block_size /models/DeepSeek-V3/config.json"
        ),
        DiagnosticPage(
            .modelMemoryUnfit,
            "the weights leave no memory for the cache",
            meaning: """
                What a rank has of the weights is more than the engine may use of the GPU, so nothing is left for a \
                single token. Counted from the model's sizes and checked against its files on disk, with 3 % to \
                spare: an error is one that also fails with less weight than that.
                """,
            fix: "Let the engine use more of the card, use more GPUs, or a quantised copy of the model.",
            message: "gpu-1: weights: the weights leave no memory for the cache",
            next: "ssh gpu-1 nvidia-smi --query-gpu=memory.total,memory.free --format=csv"
        ),
        DiagnosticPage(
            .contextUnfit,
            "the longest request does not fit",
            meaning: """
                Behind the weights there is less cache than one request of the longest allowed length needs. vLLM \
                refuses to start; SGLang starts and refuses such requests, so there it is a warning where the file \
                does not name the length itself. A length beyond what the model is made for is found here, too.
                """,
            fix: "Allow shorter requests, a larger part of the card, or a cache in FP8.",
            message: "gpu-1: context: the longest request does not fit into the cache",
            next: "grep max_position_embeddings /models/DeepSeek-V3/config.json"
        ),
    ]
}
