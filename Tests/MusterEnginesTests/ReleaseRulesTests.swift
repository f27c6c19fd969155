import MusterEngines
import MusterSpec
import Testing

@Suite("Rules of releases, ports and arguments")
struct ReleaseRulesTests {
    @Test(
        "what a release can do",
        arguments: [
            ("sglang", "0.4.4.post1", 1, "tp_size: 8", []),
            ("sglang", "0.4.5", 1, "tp_size: 4\npp_size: 2", [.notInThisRelease]),
            ("sglang", "0.4.6.post5", 1, "tp_size: 4\npp_size: 2", []),
            ("sglang", "0.4.3", 1, "tp_size: 8", [.unknownRelease]),
            ("sglang", "0.6.0", 1, "tp_size: 8", [.unknownRelease]), ("sglang", "0.5.23", 1, "tp_size: 8", []),
            ("vllm", "0.11.0", 2, "tp_size: 16", [.notInThisRelease]), ("vllm", "0.11.1", 2, "tp_size: 16", []),
            ("vllm", "0.11.0", 1, "tp_size: 8", []), ("vllm", "0.7.0", 1, "tp_size: 8", [.unknownRelease]),
            ("vllm", "0.34.0", 1, "tp_size: 8", [.unknownRelease]), ("vllm", "0.33.0", 1, "tp_size: 8", []),
        ] as [(String, String, Int, String, [DiagnosticCode])]
    )
    func releases(engine: String, version: String, nodes: Int, lines: String, codes: [DiagnosticCode]) {
        #expect(engineCodes(clusterFile(engine, version, nodes: nodes, lines)) == codes)
    }

    @Test("an unknown release is a warning")
    func warning() {
        #expect(engineProblems(clusterFile("sglang", "0.3.6", "tp_size: 8")).map(\.severity) == [.warning])
    }

    private static let attention = "tp_size: 16\ndp_size: 4\nargs: {enable-dp-attention: true}"

    @Test(
        "the sockets of DP attention stand above the rendezvous port",
        arguments: [
            ("0.4.4.post1", [5001, 5002, 5003, 5004, 5005, 5006, 5007]),
            ("0.4.6.post5", [5001, 5002, 5003, 5004, 5005, 5006, 5007, 5008]),
            ("0.4.10", [5001, 5002, 5003, 5004, 5005, 5006, 5007, 5008, 5009]),
            ("0.5.9", [5001, 5002, 5003, 5004, 5005, 5006, 5013]),
            ("0.5.23", [5001, 5002, 5003, 5004, 5005, 5006, 5013]),
        ]
    )
    func derived(version: String, ports: [Int]) throws {
        let file = try #require(spec(clusterFile("sglang", version, nodes: 2, Self.attention)))
        #expect(engine(for: file).derivedPorts.map(\.value) == ports)
        let plain = try #require(spec(clusterFile("sglang", version, nodes: 2, "tp_size: 16")))
        #expect(engine(for: plain).derivedPorts == [])
    }

    @Test(
        "a number of parts that is none has no sockets, however large it is",
        arguments: [
            ("9223372036854775807", [DiagnosticCode.attentionDataParallel]),
            ("100000000", [.attentionDataParallel]), ("0", [.unknownArgument]), ("-1", [.unknownArgument]),
        ]
    )
    func parts(size: String, codes: [DiagnosticCode]) throws {
        let text = clusterFile("sglang", "0.5.2", "tp_size: 8", "args: {attn-dp-size: \(size)}")
        let file = try #require(spec(text))
        #expect(engine(for: file).derivedPorts == [])
        #expect(engineCodes(text).filter { $0 != .argumentRenamed } == codes)
    }

    @Test(
        "ports against each other and against the kernel's",
        arguments: [
            ("tp_size: 16", "{http: 8000, rendezvous: 5000}", []),
            ("tp_size: 16", "{http: 5003, rendezvous: 5000}", []),
            (attention, "{http: 5003, rendezvous: 5000}", [.derivedPortCollision]),
            (attention, "{http: 5013, rendezvous: 5000}", [.derivedPortCollision]),
            (attention, "{http: 5007, rendezvous: 5000}", []),
            (attention, "{http: 5003}", [.derivedPortCollision]),
            ("tp_size: 16", "{rendezvous: 30000}", [.portCollision]),
            ("tp_size: 16", "{http: 5000}", [.portCollision]),
            ("tp_size: 16", "{rendezvous: 32768}", [.portInEphemeralRange]),
            ("tp_size: 16", "{rendezvous: 32767}", []), ("tp_size: 16", "{http: 40000}", [.portInEphemeralRange]),
            (attention, "{rendezvous: 32760}", [.portInEphemeralRange]), (attention, "{rendezvous: 32754}", []),
            (attention, "{rendezvous: 65530}", [.portInEphemeralRange]),
        ] as [(String, String, [DiagnosticCode])]
    )
    func ports(layout: String, ports: String, codes: [DiagnosticCode]) {
        #expect(engineCodes(clusterFile("sglang", "0.5.9", nodes: 2, layout, "ports: \(ports)")) == codes)
    }

    @Test("derived ports in the kernel's range are an error, a single port there a warning")
    func severity() {
        let derived = engineProblems(
            clusterFile("sglang", "0.5.9", nodes: 2, Self.attention, "ports: {rendezvous: 40000}")
        )
        #expect(derived.map(\.severity) == [.error])
        #expect(derived.first?.expected == "a rendezvous port below 32755")
        let single = engineProblems(
            clusterFile("sglang", "0.5.9", nodes: 2, "tp_size: 16", "ports: {rendezvous: 40000}")
        )
        #expect(single.map(\.severity) == [.warning])
        let beyond = engineProblems(
            clusterFile("sglang", "0.5.9", nodes: 2, Self.attention, "ports: {rendezvous: 65530}")
        )
        #expect(beyond.first?.message.contains("65535") == true)
    }

    @Test(
        "flags that come from keys, in full, by alias and by every prefix argparse takes",
        arguments: [
            ("sglang", "tp-size", true), ("sglang", "tp", true), ("sglang", "tensor-parallel-size", true),
            ("sglang", "tensor", true),
            ("sglang", "node-rank", true), ("sglang", "node-r", true), ("sglang", "node_rank", true),
            ("sglang", "nnodes", true),
            ("sglang", "host", true), ("sglang", "port", true), ("sglang", "dist-init", true),
            ("sglang", "dist-init-addr", true),
            ("sglang", "nccl-init-addr", true), ("sglang", "model-path", true), ("sglang", "model", true),
            ("sglang", "dp", true),
            ("sglang", "pp-size", true), ("sglang", "ep", true), ("sglang", "ep-size", true),
            ("sglang", "dist-timeout", false),
            ("sglang", "model-loader-extra-config", false), ("sglang", "nccl-port", false),
            ("sglang", "tokenizer-path", false),
            ("sglang", "trust-remote-code", false), ("sglang", "enable-dp-attention", false),
            ("sglang", "served-model-name", false),
            ("vllm", "tensor-parallel-size", true), ("vllm", "tp", true), ("vllm", "tensor", true),
            ("vllm", "pp", true), ("vllm", "dp", true),
            ("vllm", "nnodes", true), ("vllm", "node-r", true), ("vllm", "master-addr", true),
            ("vllm", "master-p", true),
            ("vllm", "headless", true), ("vllm", "head", true), ("vllm", "host", true), ("vllm", "port", true),
            ("vllm", "model", true),
            ("vllm", "distributed-executor-backend", true), ("vllm", "enable-expert-parallel", true),
            ("vllm", "max-model-len", false),
            ("vllm", "model-impl", false), ("vllm", "distributed-timeout-seconds", false),
            ("vllm", "enable-lora", false),
        ]
    )
    func managed(engineName: String, flag: String, isManaged: Bool) {
        let version = engineName == "sglang" ? "0.5.9" : "0.32.0"
        let value = ["enable", "trust"].contains { flag.hasPrefix($0) } ? "true" : "1"
        let codes = engineCodes(clusterFile(engineName, version, "tp_size: 8\nargs: {\(flag): \(value)}"))
        #expect(codes == (isManaged ? [.managedArgument] : []))
    }

    @Test("a prefix is told what it is short for")
    func prefix() {
        let problem = engineProblems(clusterFile("sglang", "0.5.9", "tp_size: 8\nargs: {node-r: 1}")).first
        #expect(problem?.found == "`node-r`, which argparse takes for `--node-rank`")
    }

    @Test(
        "fractions of memory",
        arguments: [
            ("vllm", "gpu-memory-utilization: 90", true), ("vllm", "gpu_memory_utilization: 1.5", true),
            ("vllm", "gpu-memory-utilization: 0", true),
            ("vllm", "gpu-memory-utilization: 0.90", false), ("vllm", "gpu-memory-utilization: 1", false),
            ("sglang", "mem-fraction-static: 90", true), ("sglang", "mem-fraction-static: 0.88", false),
            ("sglang", "mem-fraction-static: auto", true),
            ("vllm", "gpu-memory-utilization: nan", true),
        ]
    )
    func memory(engineName: String, line: String, isWrong: Bool) {
        let version = engineName == "sglang" ? "0.5.9" : "0.32.0"
        let codes = engineCodes(clusterFile(engineName, version, "tp_size: 8\nargs: {\(line)}"))
        #expect(codes == (isWrong ? [.memoryFraction] : []))
    }

    @Test(
        "vLLM is given the time that requests in flight have, and 20 seconds of its own",
        arguments: [("", 35), ("args: {shutdown-timeout: 120}", 140), ("args: {shutdown-timeout: 0}", 20)]
    )
    func drain(lines: String, grace: Int) throws {
        let file = try #require(spec(clusterFile("vllm", "0.33.0", nodes: 2, "tp_size: 16", lines)))
        let steps = [0, 1].map { engine(for: file).teardown(of: NodeRank($0)).map(\.grace) }
        #expect(steps == [[grace, 10], [10, 10]])
    }
}
