import MusterEngines
import MusterPlan
import MusterSpec
import MusterTesting
import Testing

/// The four commands that people paste into four terminals today, as what they mean.
@Suite("the reference deployment comes out flag for flag")
struct ReferenceDeploymentTests {
    private static func flags(_ unit: UnitPlan) -> [String: String] {
        let words = unit.shownArguments.drop { $0 != "sglang.launch_server" }.dropFirst()
        var flags: [String: String] = [:]
        var last: String?
        for word in words {
            if word.hasPrefix("--") {
                flags[word] = ""
                last = word
            } else if let flag = last {
                flags[flag] = word
            }
        }
        return flags
    }

    @Test("each node rank has the flags of its command, under their full names", arguments: 0..<4)
    func flags(rank: Int) throws {
        let unit = try #require(try examplePlan("l40s-4x8-tp32-sglang").unit(NodeRank(rank)))
        #expect(unit.shownArguments.prefix(3) == ["python3", "-m", "sglang.launch_server"])
        var expected = [
            "--model-path": "/workspace/DeepSeek-V3-0324-Block64x64/", "--tp-size": "32",
            "--dist-init-addr": "10.0.0.1:5000", "--nnodes": "4", "--node-rank": "\(rank)", "--trust-remote-code": "",
            "--enable-torch-compile": "", "--torch-compile-max-bs": "32", "--cuda-graph-max-bs": "32",
        ]
        if rank == 0 {
            expected["--host"] = "0.0.0.0"
            expected["--port"] = "8000"
        }
        #expect(Self.flags(unit) == expected)
    }

    @Test(
        "each node rank has the environment of its command, and what is more is listed with its reason",
        arguments: 0..<4
    )
    func environment(rank: Int) throws {
        let unit = try #require(try examplePlan("l40s-4x8-tp32-sglang").unit(NodeRank(rank)))
        let all = Dictionary(uniqueKeysWithValues: unit.environment.map { ($0.name, $0.value) })
        let asked = [
            "NCCL_DEBUG": "INFO", "NCCL_IB_GID_INDEX": "3", "NCCL_SOCKET_IFNAME": "bond0",
            "GLOO_SOCKET_IFNAME": "bond0",
        ]
        let added = unit.environment.filter {
            if case .added(let reason) = $0.origin { !reason.isEmpty } else { false }
        }
        #expect(all == asked.merging(added.map { ($0.name, $0.value) }) { first, _ in first })
        #expect(added.map(\.name) == ["SGLANG_HOST_IP", "SPT_NOENV", "PYTHONUNBUFFERED"])
        #expect(all["SGLANG_HOST_IP"] == "10.0.0.\(rank + 1)")
        for entry in unit.added { #expect(!entry.reason.isEmpty) }
    }

    @Test("the single-node example has its flags and no rendezvous")
    func singleNode() throws {
        let unit = try #require(try examplePlan("h20-1x8-sglang").units.first)
        #expect(
            Self.flags(unit) == [
                "--model-path": "/workspace/DeepSeek-R1/", "--tp-size": "8", "--trust-remote-code": "",
                "--tokenizer-mode": "auto", "--mem-fraction-static": "0.90", "--context-length": "65536",
                "--quantization": "fp8", "--reasoning-parser": "deepseek-r1", "--chunked-prefill-size": "4096",
                "--host": "0.0.0.0", "--port": "30000",
            ]
        )
    }

    @Test("the vLLM example uses its native multi-node flags, headless beyond node rank 0")
    func vllm() throws {
        let plan = try examplePlan("vllm-2x8-tp16")
        for unit in plan.units {
            let words = unit.shownArguments
            #expect(words.prefix(3) == ["vllm", "serve", "/models/DeepSeek-V3"])
            #expect(words.contains("--headless") == (unit.nodeRank.value > 0))
            for pair in [
                ["--nnodes", "2"], ["--node-rank", "\(unit.nodeRank)"], ["--master-addr", "10.0.0.1"],
                ["--master-port", "29501"], ["--tensor-parallel-size", "16"],
            ] {
                #expect(words.firstRange(of: pair) != nil, "\(pair)")
            }
            #expect(words.contains("{\"cudagraph_mode\": \"FULL_AND_PIECEWISE\"}"))
        }
        #expect(plan.apiKeyName == "VLLM_API_KEY")
    }
}
