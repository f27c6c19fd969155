import MusterEngines
import MusterSpec
import Testing

/// What is said about one line of `args`: code, severity, then what was found.
private func findings(_ engine: String, _ version: String, _ line: String, _ more: String = "tp_size: 8") -> [String] {
    engineProblems(clusterFile(engine, version, more, "args:\n  \(line)"))
        .filter { (413...419).contains($0.code.number) }
        .map { "\($0.code.number) \($0.severity) \($0.found ?? "")" }
}

@Suite("lines of args against a release")
struct FlagRulesTests {
    @Test(
        "what is right needs no word",
        arguments: [
            ("sglang", "0.4.4.post1", "cuda-graph-max-bs: 32"), ("sglang", "0.5.9", "cuda_graph_bs: [1, 2, 4]"),
            ("sglang", "0.5.23", "cuda-graph-max-bs-decode: 64"), ("sglang", "0.5.23", "context-length: 128k"),
            ("sglang", "0.5.9", "served-model-name: {secret: X}"),
            ("sglang", "0.5.9", "json-model-override-args: {a: 1}"),
            ("sglang", "0.5.23", "lora-strict-loading: false"), ("sglang", "0.5.9", "enable-metrics: false"),
            ("vllm", "0.32.0", "compilation-config: {mode: 3}"), ("vllm", "0.32.0", "compilation-config.mode: 3"),
            ("vllm", "0.9.0", "compilation-config: 3"), ("vllm", "0.32.0", "middleware: [a, b]"),
            ("vllm", "0.32.0", "max-model-len: 64k"), ("vllm", "0.32.0", "no-enable-prefix-caching: true"),
            ("vllm", "0.7.2", "enable-chunked-prefill: true"), ("vllm", "0.7.2", "enable-chunked-prefill: 'False'"),
            ("vllm", "0.33.0", "disable-prefix-caching: true"), ("vllm", "0.32.0", "moe-backend: TRITON"),
            ("vllm", "0.32.0", "max-num-seqs: 1_024"), ("vllm", "0.32.0", "quantization: None"),
            ("vllm", "0.11.0", "collect-detailed-traces: ['model,worker', all]"),
            ("vllm", "0.32.0", "spec-method: None"),
        ]
    )
    func right(engine: String, version: String, line: String) { #expect(findings(engine, version, line) == []) }

    @Test(
        "names that a release does not have",
        arguments: [
            ("sglang", "0.5.9", "trust-remot-code: true", "413 error `trust-remot-code`"),
            ("sglang", "0.5.9", "no-such-thing-at-all: 1", "413 error `no-such-thing-at-all`"),
            (
                "sglang", "0.4.4.post1", "enable-deepep-moe: true",
                "413 error `enable-deepep-moe`, a flag since 0.4.6.post5"
            ),
            ("sglang", "0.5.23", "torchao-config: a", "413 error `torchao-config`, removed after 0.5.15"),
            (
                "vllm", "0.32.0", "num-speculative-tokens: 3",
                "413 error `num-speculative-tokens`, removed after 0.8.2: use `speculative-config`"
            ),
            ("vllm", "0.32.0", "swap-space: 4", "413 error `swap-space`, removed after 0.17.1"),
            ("vllm", "0.10.2", "all2all-backend: naive", "413 error `all2all-backend`, a flag since 0.11.1"),
            ("vllm", "0.32.0", "cc: 3", "413 error `cc`, which is `-cc` for short and no name of `compilation-config`"),
            ("vllm", "0.8.5", "compilation-config.level: 3", "413 error `compilation-config.level`"),
            ("sglang", "0.5.9", "cuda-graph-config.a: 3", "413 error `cuda-graph-config.a`, a flag since 0.5.15"),
            ("vllm", "0.32.0", "max-num: 3", "417 error `max-num`"),
            ("sglang", "0.5.23", "cuda-graph-max: 3", "417 error `cuda-graph-max`"),
            ("sglang", "0.5.9", "cuda-graph-max: 3", "419 warning `cuda-graph-max`"),
            ("sglang", "0.5.9", "help: true", "413 error `help`"),
        ]
    )
    func names(engine: String, version: String, line: String, finding: String) {
        #expect(findings(engine, version, line) == [finding])
    }

    @Test(
        "values that a flag does not take",
        arguments: [
            ("sglang", "0.5.9", "max-running-requests: many", "414 error `many`"),
            ("sglang", "0.5.9", "kv-cache-dtype: fp9", "414 error `fp9`"),
            ("sglang", "0.5.9", "context-length: 128k", "414 error `128k`"),
            ("sglang", "0.5.23", "context-length: 8K", "414 error `8K`"),
            ("sglang", "0.5.23", "cuda-graph-config: full", "414 error `full`"),
            // What begins with a dash is a flag to argparse, unless it is joined to one or a number.
            ("sglang", "0.5.9", "log-requests-target: [stdout, --x]", "414 error `--x`"),
            ("vllm", "0.32.0", "served-model-name: [-1, -a]", "414 error `-a`"),
            ("vllm", "0.32.0", "served-model-name: [-1., a]", "414 error `-1.`"),
            ("sglang", "0.5.9", "cuda-graph-bs: [1, two]", "414 error `two`"),
            ("sglang", "0.5.9", "cuda-graph-bs: 1 2 4", "414 error `1 2 4`"),
            ("vllm", "0.32.0", "speculative-config: '{\"model\": }'", "414 error `{\"model\": }`"),
            // Only `-O` took a number by then.
            ("vllm", "0.11.0", "compilation-config: 3", "414 error `3`"),
            // What stands for no value is compared with choices that have only its name.
            ("vllm", "0.12.0", "all2all-backend: None", "414 error `None`"),
            ("vllm", "0.32.0", "block-size: {a: 1}", "414 error `{\"a\": 1}`"),
            ("sglang", "0.5.9", "trust-remote-code: 1", "415 error `1`"),
            ("sglang", "0.5.9", "served-model-name: true", "415 error `true`, which is no text"),
            ("sglang", "0.5.9", "served-model-name: [a, b]", "415 error a list of 2"),
            ("sglang", "0.5.9", "lora-paths: true", "415 error `true`, which is no text"),
            ("sglang", "0.5.9", "enable-metrics: {secret: X}", "415 error the secret `X`"),
            ("vllm", "0.32.0", "enable-eplb: {a: 1}", "415 error `{\"a\": 1}`"),
        ]
    )
    func values(engine: String, version: String, line: String, finding: String) {
        #expect(findings(engine, version, line) == [finding])
    }

    @Test(
        "a release that is not known is judged by its neighbours",
        arguments: [
            // Both have it, both lack it, one of each.
            ("0.5.10", "trust-remote-code: true", []), ("0.5.10", "enable-ep-mo: true", ["413 error `enable-ep-mo`"]),
            ("0.5.12", "cuda-graph-max-bs-decode: 8", ["418 warning `cuda-graph-max-bs-decode`"]),
            ("0.5.10", "moe-dp-size: x", ["414 error `x`"]),
            ("0.5.12", "enable-double-sparsity: true", ["413 warning `enable-double-sparsity`, removed after 0.5.9"]),
            ("0.5.12", "context-length: 128k", ["414 warning `128k`"]),
            ("0.5.24", "torchao-config: a", ["413 warning `torchao-config`, removed after 0.5.15"]),
            ("0.5.24", "brand-new: 1", ["413 warning `brand-new`"]),
            ("0.5.9+mine", "our-own: 1", ["413 warning `our-own`"]),
            ("0.4.4", "pp-async-batch-depth: 1", ["413 warning `pp-async-batch-depth`, a flag since 0.5.9"]),
        ] as [(String, String, [String])]
    )
    func neighbours(version: String, line: String, expected: [String]) {
        #expect(findings("sglang", version, line) == expected)
    }

    @Test("who judged is said, and points at the release")
    func notes() throws {
        func note(_ version: String, _ line: String) throws -> Diagnostic.Note {
            let problems = engineProblems(clusterFile("sglang", version, "tp_size: 8\nargs: {\(line)}"))
            return try #require(problems.last?.notes.first)
        }
        let both = try note("0.5.12", "no-such-thing: 1")
        #expect(both.message == "judged by 0.5.9 and 0.5.15, the known releases on either side of 0.5.12")
        #expect(both.span?.line == 2)
        let one = try note("0.5.12", "enable-double-sparsity: true")
        #expect(one.message == both.message + "; only 0.5.15 says so")
        #expect(try note("0.5.24", "a-b: 1").message == "judged by 0.5.23, the newest release known; 0.5.24 is newer")
        #expect(
            try note("0.4.4", "a-b: 1").message == "judged by 0.4.4.post1, the oldest release known; 0.4.4 is older"
        )
        #expect(
            try note("0.5.9+x", "a-b: 1").message == "judged by 0.5.9; 0.5.9+x is a build of somebody's own"
        )
        #expect(
            try note("0.5.10.dev3+gabc", "a-b: 1").message
                == "judged by 0.5.9 and 0.5.15; 0.5.10.dev3+gabc is a build of somebody's own"
        )
        let known = engineProblems(clusterFile("sglang", "0.5.9", "tp_size: 8\nargs: {no-such-thing: 1}"))
        #expect(known.map(\.notes) == [[]])
    }

    @Test("a diagnostic stands on the name or on the value, and says what to write")
    func places() throws {
        func problem(_ line: String) throws -> Diagnostic {
            let text = clusterFile("sglang", "0.5.9", "tp_size: 8\nargs:\n  \(line)")
            return try #require(engineProblems(text).first)
        }
        let misspelt = try problem("trust-remot-code: true")
        #expect(misspelt.span?.line == 8 && misspelt.span?.column == 3)
        #expect(misspelt.hint == "did you mean `trust-remote-code`? `muster flags` shows all")
        let choice = try problem("schedule-policy: best")
        #expect(choice.span?.column == 20)
        #expect(choice.expected == "one of `lpm`, `random`, `fcfs`, `dfs-weight`, `lof`, `priority`, `routing-key`")
        #expect(try problem("page-size: x").expected == "a whole number")
        #expect(try problem("enable-metrics: 'yes'").hint == "write `enable-metrics: true`, or remove it")
    }

    @Test("what muster writes in its place is said, and when that is nothing")
    func written() {
        func expected(_ version: String, _ line: String) -> [String?] {
            engineProblems(clusterFile("vllm", version, "tp_size: 8\nargs: {\(line)}")).map(\.expected)
        }
        #expect(
            expected("0.13.0", "cuda-graph-sizes: [1, 2]") == ["`--cudagraph-capture-sizes 1 2`, which muster writes"]
        )
        #expect(expected("0.9.0", "enable-log-requests: true") == ["nothing: vLLM 0.9.0 does so without being told"])
        func between(_ line: String) -> [String?] {
            engineProblems(clusterFile("sglang", "0.5.19", "tp_size: 8\nargs: {\(line)}")).map(\.hint)
        }
        // One judge deprecates what the other renamed, and both write the same; one judge's words are not written.
        #expect(between("cuda-graph-max-bs: 64") == ["name it so in `args`"])
        #expect(
            between("enable-dp-attention: true") == [
                "write `attn-dp-size: 1` in `args`, and remove this line and `dp_size`"
            ]
        )
        let early = clusterFile("sglang", "0.5.3", "tp_size: 8\nargs: {max-micro-batch-size: 4}")
        #expect(
            engineProblems(early).map(\.expected) == [
                "`--pp-max-micro-batch-size 4` where it is renamed; muster writes the older name"
            ]
        )
        // One size alone was the largest of a row, which no later flag means.
        #expect(expected("0.13.0", "cuda-graph-sizes: 512") == ["a flag of this release"])
    }

    @Test("a hint that is followed is followed by no error")
    func followed() {
        func problems(_ version: String, _ sizes: String, _ line: String) -> [Diagnostic] {
            engineProblems(clusterFile("sglang", version, "tp_size: 8\n\(sizes)\nargs: {\(line)}"))
        }
        for (version, sizes, line, hint, others, instead) in [
            (
                "0.5.23", "dp_size: 2", "enable-dp-attention: true",
                "write `attn-dp-size: 2` in `args`, and remove this line and `dp_size`", "", "attn-dp-size: 2"
            ),
            (
                "0.5.9", "", "attn-dp-size: 2",
                "write `dp_size: 2`, and `enable-dp-attention: true` in place of this line", "dp_size: 2",
                "enable-dp-attention: true"
            ),
            ("0.5.2", "", "enable-ep-moe: true", "write `ep_size: 8`, and remove this line", "ep_size: 8", ""),
            ("0.5.9", "", "enable-ep-moe: true", "write `ep_size: 8`, and remove this line", "ep_size: 8", ""),
        ] {
            let found = problems(version, sizes, line)
            #expect(found.map(\.hint) == [hint] && found.allSatisfy { $0.severity == .warning }, "\(line)")
            #expect(problems(version, others, instead) == [], "\(instead)")
        }
        // Not all of TP: nothing says the same by itself, and the key is named.
        let part = problems("0.5.9", "ep_size: 4", "enable-ep-moe: true").filter { $0.code == .unknownArgument }
        #expect(part.map(\.found) == ["`enable-ep-moe`, removed after 0.5.2: use `ep_size`"])
        #expect(part.map(\.hint) == ["write `ep_size` in its place"])
    }

    @Test("what a release switches off without being told is switched off by its own word")
    func requests() {
        func hints(_ version: String) -> [String?] {
            engineProblems(clusterFile("vllm", version, "tp_size: 8\nargs: {disable-log-requests: true}")).map(\.hint)
        }
        #expect(hints("0.9.0") == [])
        #expect(hints("0.11.0") == ["write it so in `args`: muster makes it `--no-enable-log-requests`"])
        #expect(hints("0.20.2") == ["name it so in `args`"])
        #expect(hints("0.33.0") == [])
    }

    @Test("what is reported elsewhere is not reported again")
    func elsewhere() {
        let codes = engineCodes(
            clusterFile("sglang", "0.5.9", "tp_size: 8\nargs: {tp: x, --a: 1, mem-fraction-static: x}")
        )
        #expect(codes == [.managedArgument, .memoryFraction])
        #expect(
            engineCodes("name: a\nengine: {kind: sglang, version: x.y}\nmodel: m\nnodes: [h]\ntp_size: 8\nargs: {a: 1}")
                == []
        )
    }
}
