import MusterEngines
import MusterSpec
import Testing

@Suite("Arguments against the rest of the file")
struct ArgumentConflictTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let engine: String
        let version: String
        /// `tp_size` and its likes, on one node of as many GPUs.
        let sizes: String
        let args: String
        /// What is told; nothing where all goes together.
        var found: String?

        var testDescription: String { "\(engine) \(version), \(sizes): \(args)" }

        init(_ engine: String, _ version: String, _ sizes: String, _ args: String, _ found: String? = nil) {
            (self.engine, self.version, self.sizes, self.args, self.found) = (engine, version, sizes, args, found)
        }
    }

    private static let attention: [Row] = [
        Row("sglang", "0.4.4.post1", "tp_size: 8", "enable-dp-attention: true", "`enable-dp-attention` with dp_size 1"),
        Row("sglang", "0.4.4.post1", "tp_size: 8\ndp_size: 2", "enable-dp-attention: true"),
        Row("sglang", "0.5.9", "tp_size: 8", "enable-dp-attention: true"),
        Row("sglang", "0.5.23", "tp_size: 4\ndp_size: 2", "attn-dp-size: 2", "`attn-dp-size: 2` with dp_size 2"),
        Row("sglang", "0.5.23", "tp_size: 8", "attn-dp-size: 2"),
        Row("sglang", "0.5.15", "tp_size: 8", "attn-cp-size: 3", "`attn-cp-size: 3`"),
        Row("sglang", "0.5.15", "tp_size: 8", "attn-cp-size: 4"),
        Row(
            "sglang",
            "0.5.15",
            "tp_size: 8\ndp_size: 4",
            "{enable-dp-attention: true, attn-cp-size: 4}",
            "4 parts of attention x `attn-cp-size: 4`"
        ),
    ]

    private static let experts: [Row] = [
        Row("sglang", "0.5.15", "tp_size: 8", "moe-dp-size: 3", "`moe-dp-size: 3` with ep_size 1"),
        Row("sglang", "0.5.15", "tp_size: 8", "moe-dp-size: 2"),
        Row("sglang", "0.5.15", "tp_size: 8\nep_size: 2", "moe-dp-size: 2", "`moe-dp-size: 2` with ep_size 2"),
        Row("sglang", "0.5.15", "tp_size: 8\nep_size: 4", "moe-dp-size: 2"),
        Row("sglang", "0.5.15", "tp_size: 8\nep_size: 8", "moe-dp-size: 2", "`moe-dp-size: 2` with ep_size 8"),
        Row("sglang", "0.5.23", "tp_size: 8", "moe-dp-size: 2", "`moe-dp-size: 2` with attn-cp-size 1"),
        Row("sglang", "0.5.23", "tp_size: 8", "{moe-dp-size: 2, attn-cp-size: 2}"),
        Row("sglang", "0.5.9", "tp_size: 8", "moe-dense-tp-size: 8", "`moe-dense-tp-size: 8`"),
        Row("sglang", "0.5.23", "tp_size: 8", "moe-dense-tp-size: 8"),
        Row("sglang", "0.5.23", "tp_size: 8", "moe-dense-tp-size: 4", "`moe-dense-tp-size: 4`"),
        Row("sglang", "0.5.9", "tp_size: 8", "moe-dense-tp-size: 1"),
        Row("vllm", "0.33.0", "tp_size: 8", "enable-eplb: true", "`enable-eplb` with ep_size 1 on 8 ranks"),
        Row("vllm", "0.33.0", "tp_size: 8\nep_size: 8", "enable-eplb: true"),
        Row("vllm", "0.33.0", "tp_size: 1", "enable-eplb: true", "`enable-eplb` with ep_size 1 on 1 rank"),
    ]

    private static let others: [Row] = [
        Row(
            "sglang",
            "0.5.9",
            "tp_size: 4\npp_size: 2",
            "speculative-algorithm: EAGLE",
            "`speculative-algorithm: EAGLE` with pp_size 2"
        ),
        Row("sglang", "0.5.9", "tp_size: 8", "speculative-algorithm: EAGLE"),
        Row(
            "sglang",
            "0.5.23",
            "tp_size: 4\npp_size: 2",
            "{speculative-algorithm: EAGLE, disaggregation-mode: prefill}"
        ),
        Row(
            "sglang",
            "0.5.23",
            "tp_size: 4\npp_size: 2",
            "{speculative-algorithm: NGRAM, disaggregation-mode: prefill}",
            "`speculative-algorithm: NGRAM` with pp_size 2"
        ),
        Row(
            "sglang",
            "0.5.23",
            "tp_size: 4\npp_size: 2\nenv: {SGLANG_ENABLE_PP_SPEC: \"1\"}",
            "speculative-algorithm: NGRAM"
        ),
        Row("sglang", "0.5.9", "tp_size: 8", "served-model-name: \"a:b\"", "`a:b`"),
        Row("sglang", "0.4.4.post1", "tp_size: 8", "served-model-name: \"a:b\""),
        Row("sglang", "0.5.9", "tp_size: 8", "base-gpu-id: -1", "-1"),
        Row("sglang", "0.5.9", "tp_size: 8", "gpu-id-step: 0", "0"),
        Row("sglang", "0.5.9", "tp_size: 8", "{base-gpu-id: 0, gpu-id-step: 1}"),
        Row(
            "sglang",
            "0.5.23",
            "tp_size: 8",
            "{disaggregation-mode: prefill, disaggregation-transfer-backend: fake}",
            "`fake`"
        ),
        Row("sglang", "0.5.23", "tp_size: 8", "{disaggregation-mode: decode, disaggregation-transfer-backend: fake}"),
        Row(
            "sglang",
            "0.5.23",
            "tp_size: 8",
            "{disaggregation-mode: decode, disaggregation-transfer-backend: fake, dcp-size: 2}",
            "`fake` with `dcp-size: 2`"
        ),
        Row(
            "sglang",
            "0.5.23",
            "tp_size: 8",
            "{disaggregation-mode: decode, disaggregation-transfer-backend: nixl, dcp-size: 2}"
        ),
        Row(
            "vllm",
            "0.33.0",
            "tp_size: 4\ndp_size: 2",
            "{data-parallel-hybrid-lb: true, data-parallel-external-lb: true}",
            "`data-parallel-hybrid-lb` and `data-parallel-external-lb`"
        ),
        Row(
            "vllm",
            "0.33.0",
            "tp_size: 4\ndp_size: 2",
            "data-parallel-hybrid-lb: true",
            "`data-parallel-hybrid-lb` without `data-parallel-size-local`"
        ),
        Row("vllm", "0.33.0", "tp_size: 4\ndp_size: 2", "{data-parallel-hybrid-lb: true, data-parallel-size-local: 2}"),
        Row(
            "vllm",
            "0.33.0",
            "tp_size: 8",
            "data-parallel-external-lb: true",
            "`data-parallel-external-lb` with dp_size 1"
        ),
        Row("vllm", "0.33.0", "tp_size: 4\ndp_size: 2", "data-parallel-size-local: 3", "`data-parallel-size-local: 3`"),
        Row(
            "vllm",
            "0.33.0",
            "tp_size: 4\ndp_size: 2",
            "{data-parallel-size-local: 2, data-parallel-start-rank: 1}",
            "`data-parallel-start-rank: 1` with 2 copies on the node"
        ),
    ]

    @Test("what an engine refuses is told, and what it takes is not", arguments: attention + experts + others)
    func row(_ row: Row) {
        let args = row.args.hasPrefix("{") ? row.args : "{\(row.args)}"
        let gpus = row.sizes.hasPrefix("tp_size: 1") ? 1 : 8
        let text = clusterFile(row.engine, row.version, "\(row.sizes)\ngpus_per_node: \(gpus)\nargs: \(args)")
        let problems = engineProblems(text).filter { $0.severity == .error }
        #expect(problems.map(\.code) == (row.found == nil ? [] : [.argumentConflict]), "\(problems)")
        #expect(problems.first?.found == row.found)
        #expect(problems.allSatisfy { $0.expected != nil && $0.hint != nil && $0.span != nil })
    }

    @Test("an expert size that SGLang does not take is warned of")
    func spread() {
        let problems = engineProblems(
            clusterFile("sglang", "0.5.9", "tp_size: 8\nep_size: 4\nargs: {moe-a2a-backend: deepep}")
        )
        #expect(problems.map(\.code) == [.expertParallel] && problems.map(\.severity) == [.warning])
        #expect(problems.first?.hint == "write `ep_size: 8`")
        let plain = clusterFile("sglang", "0.5.9", "tp_size: 8\nep_size: 4\nargs: {moe-a2a-backend: none}")
        #expect(engineCodes(plain) == [])
    }

    @Test("ranks that share a prompt's context are not launched")
    func prefillContext() {
        func codes(_ size: Int) -> [DiagnosticCode] {
            engineCodes(clusterFile("vllm", "0.33.0", "tp_size: 8\nargs: {prefill-context-parallel-size: \(size)}"))
        }
        #expect(codes(2) == [.notRendered] && codes(1) == [])
    }
}
