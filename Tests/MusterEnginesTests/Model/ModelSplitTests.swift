import MusterSpec
import Testing

@testable import MusterEngines

@Suite("Who shares what")
struct ModelSplitTests {
    private func split(_ file: FitFile) throws -> ModelSplit {
        let file = try #require(spec(file.text))
        return try #require(serving(file).split)
    }

    @Test(
        "experts are whole on a rank, and the fullest one counts",
        arguments: [
            (FitFile(tensor: 32, lines: ["ep_size: 32"]), 256, 8),
            (FitFile(tensor: 32, lines: ["ep_size: 32", "args: {ep-num-redundant-experts: 32}"]), 256, 9),
            (FitFile(engine: "vllm", version: "0.33.0", tensor: 4, lines: ["ep_size: 4"]), 10, 3),
            (FitFile(engine: "vllm", version: "0.10.1.1", tensor: 4, lines: ["ep_size: 4"]), 10, 3),
            // The last rank took what did not divide.
            (FitFile(engine: "vllm", version: "0.10.0", tensor: 4, lines: ["ep_size: 4"]), 10, 4),
            (
                FitFile(
                    engine: "vllm",
                    version: "0.33.0",
                    tensor: 8,
                    lines: ["ep_size: 8", "args: {enable-eplb: true, eplb-config: {num_redundant_experts: 8}}"]
                ), 128, 17
            ),
        ]
    )
    func experts(file: FitFile, count: Int, onRank: Int) throws {
        let split = try split(file)
        #expect(split.expertsOnRank(of: count) == onRank)
        let up = WeightMatrix("experts", 100, 10, .experts, copies: 2, experts: count)
        #expect(up.bytes(split, nil, plain: 2) == Double(onRank) * 2 * 100 * 10 * 2)
        // On disk each is there once.
        #expect(up.bytes(nil, nil, plain: 2) == Double(count) * 2 * 100 * 10 * 2)
    }

    @Test("copies of experts take the memory of as many experts more")
    func redundant() throws {
        func weights(_ lines: String...) throws -> Int {
            let file = FitFile(tensor: 32, lines: ["ep_size: 32"] + lines)
            let fit = try file.fit(.deepSeek, card: .gibibytes(400))
            return try #require(fit.tightest).weights
        }
        let more = try weights("args: {ep-num-redundant-experts: 32}") - weights()
        // 58 layers with an expert of 3 matrices more, in 8 bits and with a scale for each block.
        let expert = 3 * 7168 * 2048 + 3 * (7168 / 128) * (2048 / 128) * 4
        #expect(abs(more - 58 * expert) < 1 << 20)
    }

    @Test(
        "the embedding is whole on each rank of attention DP up to 0.5.8",
        arguments: [("0.5.2", 1, 8), ("0.5.8", 1, 8), ("0.5.9", 2, 8), ("0.5.23", 2, 8)]
    )
    func embedding(version: String, embedding: Int, head: Int) throws {
        let data = ["dp_size: 4", "args: {enable-dp-attention: true}"]
        let split = try split(FitFile(version: version, tensor: 8, lines: data))
        #expect(split.embedding == embedding && split.head == head && split.attention == 2)
        #expect(try self.split(FitFile(version: version, tensor: 8)).embedding == 8)
    }

    @Test("attention DP adds no GPUs that hold the files, copies of vLLM may")
    func files() throws {
        func measured(_ engine: String, _ version: String, _ lines: String...) throws -> String? {
            let fit = try FitFile(engine: engine, version: version, tensor: 8, lines: lines)
                .fit(ModelShape(), card: .h800, checkpoint: ByteCount(bytes: 1000 << 30))
            return fit.problems.first?.measured
        }
        let eight = "1000.00 GiB of weights on disk, for 8 GPUs"
        #expect(try measured("sglang", "0.5.9", "dp_size: 8", "args: {enable-dp-attention: true}") == eight)
        #expect(try measured("vllm", "0.33.0") == eight)
        #expect(try measured("vllm", "0.33.0", "dp_size: 8", "gpus_per_node: 64") == nil)
    }
}
