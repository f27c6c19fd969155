import MusterEngines
import MusterSpec
import Testing

/// The words of node rank 0 or another, each flag with its values in one text.
private func command(
    _ engineName: String,
    _ version: String,
    node: Int = 0,
    nodes: Int = 1,
    _ lines: String
) throws
    -> [String]
{
    let file = try #require(spec(clusterFile(engineName, version, nodes: nodes, lines)))
    let site = LaunchSite(
        master: nodes > 1 ? IPAddress("10.0.0.1") : nil,
        rendezvous: .known(5000),
        http: .known(8000),
        bind: .known("0.0.0.0"),
        address: nil
    )
    return engine(for: file).command(on: NodeRank(node), at: site).map { argument in
        argument.words.map { if case .literal(let text) = $0 { text } else { "$" } }.joined(separator: " ")
    }
}

/// What one line of `args` becomes, without what muster adds by itself.
private func rendered(
    _ engine: String,
    _ version: String,
    _ line: String,
    _ sizes: String = "tp_size: 8"
) throws
    -> [String]
{
    let bare = try command(engine, version, "tp_size: 8")
    return try command(engine, version, "\(sizes)\nargs:\n  \(line)").filter { !bare.contains($0) }
}

@Suite("flags as a release knows them")
struct FlagRenderTests {
    @Test(
        "are written in its names",
        arguments: [
            // Both ways over every rename that means the same.
            ("sglang", "0.5.9", "cuda-graph-max-bs: 64", ["--cuda-graph-max-bs 64"]),
            ("sglang", "0.5.15", "cuda-graph-max-bs: 64", ["--cuda-graph-max-bs-decode 64"]),
            ("sglang", "0.5.23", "cuda-graph-max-bs: 64", ["--cuda-graph-max-bs-decode 64"]),
            ("sglang", "0.5.9", "cuda-graph-max-bs-decode: 64", ["--cuda-graph-max-bs 64"]),
            ("sglang", "0.5.23", "cuda_graph_bs: [1, 2, 4]", ["--cuda-graph-bs-decode 1 2 4"]),
            ("sglang", "0.4.4.post1", "cuda-graph-bs-decode: [1, 2]", ["--cuda-graph-bs 1 2"]),
            (
                "sglang", "0.5.23", "disable-cuda-graph: true",
                ["--cuda-graph-backend-decode disabled", "--cuda-graph-backend-prefill disabled"]
            ),
            ("sglang", "0.5.23", "disable-cuda-graph: false", []),
            ("sglang", "0.5.9", "disable-cuda-graph: true", ["--disable-cuda-graph"]),
            ("sglang", "0.5.23", "stream-output: true", ["--incremental-streaming-output"]),
            ("sglang", "0.5.9", "incremental-streaming-output: true", ["--stream-output"]),
            ("sglang", "0.5.23", "nsa-prefill-backend: fa3", ["--dsa-prefill-backend fa3"]),
            ("sglang", "0.5.9", "enable-deepep-moe: true", ["--moe-a2a-backend deepep"]),
            ("sglang", "0.5.9", "max-micro-batch-size: 4", ["--pp-max-micro-batch-size 4"]),
            ("sglang", "0.4.10.post2", "pp-max-micro-batch-size: 4", ["--max-micro-batch-size 4"]),
            ("sglang", "0.5.15", "enable-hicache: true", ["--enable-hierarchical-cache"]),
            ("sglang", "0.5.23", "disable-fast-image-processor: true", ["--image-processor-backend pil"]),
            (
                "sglang", "0.5.15", "enable-flashinfer-allreduce-fusion: true",
                ["--flashinfer-allreduce-fusion-backend auto"]
            ),
            ("sglang", "0.5.23", "grpc-mode: true", ["--smg-grpc-mode"]),
            ("sglang", "0.5.15", "smg-grpc-mode: true", ["--grpc-mode"]),
            // Its own parser names a switch in its place, with which a launch would fail for want of a strategy.
            (
                "sglang", "0.5.15", "enable-nsa-prefill-context-parallel: true",
                ["--enable-nsa-prefill-context-parallel"]
            ),
            ("vllm", "0.13.0", "cuda-graph-sizes: [1, 2, 4]", ["--cudagraph-capture-sizes 1 2 4"]),
            ("vllm", "0.10.2", "cudagraph-capture-sizes: [1, 2, 4]", ["--cuda-graph-sizes 1 2 4"]),
            ("vllm", "0.13.0", "override-pooler-config: {a: 1}", ["--pooler-config {\"a\": 1}"]),
            ("vllm", "0.13.0", "disable-mm-preprocessor-cache: true", ["--mm-processor-cache-gb 0"]),
            ("vllm", "0.20.2", "disable-log-requests: true", ["--no-enable-log-requests"]),
            ("vllm", "0.9.0", "enable-log-requests: false", ["--disable-log-requests"]),
            ("vllm", "0.9.0", "enable-log-requests: true", []),
            ("vllm", "0.20.2", "device-memory-utilization: 0.5", ["--gpu-memory-utilization 0.5"]),
            ("vllm", "0.32.0", "disable-prefix-caching: true", ["--no-enable-prefix-caching"]),
            // A release between two writes what both know.
            ("sglang", "0.5.12", "cuda-graph-max-bs: 64", ["--cuda-graph-max-bs 64"]),
            // The full name of what stands there in part.
            ("vllm", "0.32.0", "max-model: 8k", ["--max-model-len 8k"]),
        ] as [(String, String, String, [String])]
    )
    func renamed(engine: String, version: String, line: String, expected: [String]) throws {
        #expect(try rendered(engine, version, line) == expected)
    }

    @Test(
        "switch on and off as it does",
        arguments: [
            ("sglang", "0.5.9", "enable-metrics: true", ["--enable-metrics"]),
            ("sglang", "0.5.9", "enable-metrics: false", []),
            ("sglang", "0.5.23", "dllm-fdfo: false", ["--no-dllm-fdfo"]),
            ("vllm", "0.32.0", "enable-eplb: false", ["--no-enable-eplb"]),
            ("vllm", "0.33.0", "enable-eplb: false", ["--disable-eplb"]),
            ("vllm", "0.33.0", "no-enable-eplb: true", ["--no-enable-eplb"]),
            ("vllm", "0.33.0", "no-enable-eplb: false", ["--enable-eplb"]),
            ("vllm", "0.8.2", "enable-lora: false", []),
            ("vllm", "0.7.2", "enable-chunked-prefill: false", ["--enable-chunked-prefill false"]),
            ("vllm", "0.11.0", "guided-decoding-disable-fallback: true", ["--guided-decoding-disable-fallback true"]),
            ("vllm", "0.32.0", "compilation-config.x: true", ["--compilation-config.x true"]),
        ] as [(String, String, String, [String])]
    )
    func switches(engine: String, version: String, line: String, expected: [String]) throws {
        #expect(try rendered(engine, version, line) == expected)
    }

    @Test(
        "carry their values",
        arguments: [
            ("vllm", "0.32.0", "middleware: [a, b]", ["--middleware a", "--middleware b"]),
            ("vllm", "0.32.0", "max-model-len: -1", ["--max-model-len=-1"]),
            ("vllm", "0.32.0", "served-model-name: [a]", ["--served-model-name a"]),
            ("sglang", "0.5.9", "api-key: {secret: K}", ["--api-key $"]),
            ("sglang", "0.5.24", "brand-new: [a, b]", ["--brand-new a b"]),
        ] as [(String, String, String, [String])]
    )
    func values(engine: String, version: String, line: String, expected: [String]) throws {
        #expect(try rendered(engine, version, line) == expected)
    }

    @Test(
        "attention DP",
        arguments: [
            ("0.5.9", "tp_size: 8\ndp_size: 4", "enable-dp-attention: true", ["--dp-size 4", "--enable-dp-attention"]),
            (
                "0.5.21", "tp_size: 8\ndp_size: 4", "enable-dp-attention: true",
                ["--dp-size 4", "--enable-dp-attention"]
            ),
            ("0.5.23", "tp_size: 8\ndp_size: 4", "enable-dp-attention: true", ["--attn-dp-size 4"]),
            ("0.5.24", "tp_size: 8\ndp_size: 4", "enable-dp-attention: true", ["--attn-dp-size 4"]),
            ("0.5.23", "tp_size: 8", "attn-dp-size: 4", ["--attn-dp-size 4"]),
            ("0.5.9", "tp_size: 8", "attn-dp-size: 4", ["--dp-size 4", "--enable-dp-attention"]),
            ("0.5.9", "tp_size: 8\ndp_size: 4", "attn-dp-size: 4", ["--dp-size 4", "--enable-dp-attention"]),
        ]
    )
    func attention(version: String, sizes: String, line: String, expected: [String]) throws {
        #expect(try rendered("sglang", version, line, sizes) == expected)
    }

    @Test(
        "expert parallelism",
        arguments: [
            ("0.4.4.post1", "tp_size: 8\nep_size: 8", ["--ep-size 8", "--enable-ep-moe"]),
            ("0.4.9", "tp_size: 8\nep_size: 8", ["--ep-size 8", "--enable-ep-moe"]),
            ("0.4.10.post2", "tp_size: 8\nep_size: 8", ["--ep-size 8"]),
            ("0.5.23", "tp_size: 8\nep_size: 4", ["--ep-size 4"]),
            ("0.4.4.post1", "tp_size: 8\nargs: {enable-ep-moe: true}", ["--enable-ep-moe"]),
            ("0.5.2", "tp_size: 8\nargs: {enable-ep-moe: true}", ["--ep-size 8"]),
            ("0.5.9", "tp_size: 8\nargs: {enable-ep-moe: true}", ["--ep-size 8"]),
            ("0.5.9", "tp_size: 8\nep_size: 8\nargs: {enable-ep-moe: true}", ["--ep-size 8"]),
        ]
    )
    func experts(version: String, lines: String, expected: [String]) throws {
        let bare = try command("sglang", version, "tp_size: 8")
        #expect(try command("sglang", version, lines).filter { !bare.contains($0) } == expected)
    }

    @Test("what a release cannot do is said before it is written")
    func impossible() {
        #expect(engineCodes(clusterFile("sglang", "0.4.4.post1", "tp_size: 8\nep_size: 4")) == [.expertParallel])
        #expect(engineCodes(clusterFile("vllm", "0.7.3", "tp_size: 8\nep_size: 8")) == [.notInThisRelease])
        #expect(engineCodes(clusterFile("vllm", "0.8.2", "tp_size: 4\ndp_size: 2")) == [.notInThisRelease])
        #expect(engineCodes(clusterFile("vllm", "0.8.5", "tp_size: 4\ndp_size: 2")) == [])
        let mixed = clusterFile("sglang", "0.5.9", "tp_size: 4\ndp_size: 2\nargs: {attn-dp-size: 4}")
        #expect(engineCodes(mixed) == [.unknownArgument])
    }

    @Test("every flag that muster writes by itself is one of the release", arguments: [EngineSpec.Kind.sglang, .vllm])
    func own(kind: EngineSpec.Kind) throws {
        let catalog = FlagCatalog.of(kind)
        var checked = 0
        for (index, release) in catalog.releases.enumerated() {
            for sizes in [
                "tp_size: 16", "tp_size: 8\npp_size: 2", "tp_size: 16\nep_size: 16", "tp_size: 8\ndp_size: 2",
            ] {
                for nodes in [1, 2] {
                    let lines = sizes + "\ngpus_per_node: \(16 / nodes)"
                    let file = clusterFile(kind.rawValue, release.text, nodes: nodes, lines)
                    guard !engineProblems(file).hasErrors else { continue }
                    for node in 0..<nodes {
                        let words = try command(kind.rawValue, release.text, node: node, nodes: nodes, lines)
                        for word in words.compactMap({ $0.split(separator: " ").first }) where word.hasPrefix("--") {
                            let name = String(word.dropFirst(2))
                            let match = try #require(catalog.match(name, in: index), "\(release): \(word)")
                            #expect(!match.flag.isDeprecated, "\(release): \(word)")
                            checked += 1
                        }
                    }
                }
            }
        }
        #expect(checked > 100)
    }
}
