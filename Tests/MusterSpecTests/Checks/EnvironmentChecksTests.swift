import MusterSpec
import OrderedCollections
import Testing

@Suite("Checks of environment and arguments")
struct EnvironmentChecksTests {
    @Test(
        "variables",
        arguments: [
            ("NCCL_DEBUG: INFO", nil), ("_a1: b", nil), ("nccl-debug: x", .badEnvironmentName),
            ("1A: x", .badEnvironmentName),
            ("A B: x", .badEnvironmentName), ("é: x", .badEnvironmentName), ("\"A=B\": x", .badEnvironmentName),
            ("MUSTER_X: 1", .managedEnvironment), ("SGLANG_HOST_IP: 10.0.0.1", .managedEnvironment),
            ("VLLM_HOST_IP: 10.0.0.1", .managedEnvironment), ("HOST_IP: a", .managedEnvironment),
            ("RANK: 1", .managedEnvironment), ("MASTER_PORT: 1", .managedEnvironment),
            ("NCCL_IB_GID_INDEX: 3", .managedEnvironment), ("GLOO_SOCKET_IFNAME: a", .managedEnvironment),
            ("NCCL_IB_HCA: mlx5_0", nil), ("NCCL_SOCKET_IFNAME: ^lo", nil),
            ("HF_TOKEN: abc", .secretInEnvironment), ("OPENAI_API_KEY: a", .secretInEnvironment),
            ("MY_PASSWORD: a", .secretInEnvironment), ("AWS_SECRET_ACCESS_KEY: a", .secretInEnvironment),
            ("X: hf_abcdefghijklmnopqrstuv", .secretInEnvironment), ("X: hf_short", nil),
            ("TOKENIZERS_PARALLELISM: false", nil), ("VLLM_MAX_TOKENS_PER_EXPERT_FP4_MOE: 1", nil),
        ] as [(String, DiagnosticCode?)]
    )
    func variables(line: String, code: DiagnosticCode?) {
        #expect(codes(baseFile(["env": "env: {\(line)}"])) == [code].compactMap { $0 })
    }

    @Test("a node's variables are judged like the file's, and its line is pointed at")
    func nodeVariables() {
        let text = baseFile(["nodes": "nodes: [10.0.0.1, {host: 10.0.0.2, env: {HF_TOKEN: a}}]"])
        #expect(places(text) == ["7:52 MUS0313"])
    }

    @Test("with neither key nor interface given, the variable may stand alone")
    func alone() {
        #expect(codes(baseFile(["rdma_gid_index": "", "env": "env: {NCCL_IB_GID_INDEX: 3}"])) == [])
        #expect(
            codes(baseFile(["env": "env: {NCCL_IB_HCA: a}"], appending: "rdma_hcas: [mlx5_0]\n")) == [
                .managedEnvironment
            ]
        )
    }

    @Test(
        "arguments that look like secrets, and those that only count tokens",
        arguments: [
            ("api-key: abc", true), ("admin-api-key: abc", true), ("hf-token: abc", true),
            ("ssl-keyfile-password: abc", true),
            ("served-model-name: sk-abcdefghijklmnopqrstuv", true), ("x: {a: [hf_abcdefghijklmnopqrstuv]}", false),
            ("api-key: [a, b]", true), ("api_key: abc", true),
            ("tokenizer-mode: auto", false), ("tokenizer-path: /a", false), ("max-prefill-tokens: 16384", false),
            ("max-total-tokens: 1", false), ("kt-max-deferred-experts-per-token: 2", false), ("ssl-keyfile: /a", false),
            ("max-prompt-adapter-token: 0", false), ("bucket-time-to-first-token: [0.1, 1]", false),
            ("long-prefill-token-threshold: 5", false), ("allow-credentials: true", false),
            ("skip-tokenizer-init: true", false),
            ("file-storage-path: hf_short", false),
        ]
    )
    func secrets(line: String, isSecret: Bool) {
        #expect(codes(baseFile(["args": "args: {\(line)}"])) == (isSecret ? [.secretInArguments] : []))
    }

    @Test(
        "the form of an argument",
        arguments: [
            ("a: b", []), ("--a: b", [.argumentForm]), ("-a: b", [.argumentForm]), ("a=b: c", [.argumentForm]),
            ("\"a b\": c", [.argumentForm]), ("\"a\\0b\": c", [.argumentForm]),
            ("a-b: 1, a_b: 2", [.duplicateArgument]),
            ("a: {secret: X}", [.undefinedSecret]), ("a: \"b\\0\"", [.controlCharacter]),
            ("a: [b, \"c\\0\"]", [.controlCharacter]),
            ("a: \"b\\nc\"", []), ("a: []", [.emptyValue]), ("a: ''", []), ("a: ", [.emptyValue]),
            ("a: {[b]: c}", [.keyNotText]),
        ] as [(String, [DiagnosticCode])]
    )
    func forms(line: String, expected: [DiagnosticCode]) {
        #expect(codes(baseFile(["args": "args: {\(line)}"])) == expected)
    }

    @Test("a secret that is defined may be referred to")
    func reference() {
        let file = read(baseFile(["args": "args: {api-key: {secret: KEY}}"], appending: "secrets: {KEY: {env: KEY}}\n"))
        #expect(file.diagnostics == [])
        #expect(file.spec?.arguments["api-key"]?.value == .secret("KEY"))
    }

    @Test("values keep their spelling: 0.90 is not 0.9")
    func spelling() {
        let file = read(baseFile(["args": "args: {a: 0.90, b: 1e5, c: {x: 0.90, y: 1e400, z: 7, n: ~, s: '7'}}"]))
        #expect(file.spec?.arguments["a"]?.value == .text("0.90"))
        #expect(file.spec?.arguments["b"]?.value == .text("1e5"))
        #expect(
            file.spec?.arguments["c"]?.value == .json(["x": .number(0.9), "y": "1e400", "z": 7, "n": .null, "s": "7"])
        )
    }
}
