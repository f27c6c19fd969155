import MusterEngines
import MusterPlan
import MusterSpec
import Testing

@Suite("plans")
struct PlanTests {
    @Test("a change of the file changes the hash; a change of its comments does not")
    func hash() throws {
        let base = try plan(single("args: {random-seed: 1}"))
        #expect(try plan("# a comment\n" + single("args: {random-seed: 1}")).hash == base.hash)
        let changes = [
            single("args: {random-seed: 2}"), single("args: {random-seed: 1}\nenv: {X: 1}"),
            single("args: {random-seed: 1}\nssh: {port: 2222}"),
            single("args: {random-seed: 1}\nstate_dir: /data"),
            single("args: {random-seed: 1}\nsecrets: {S: {env: S}}"),
            single("args: {random-seed: 1}").replacing("name: one", with: "name: two"),
            single("args: {random-seed: 1}").replacing("10.0.0.1", with: "10.0.0.2"),
        ]
        #expect(Set(try changes.map { try plan($0).hash } + [base.hash]).count == changes.count + 1)
    }

    @Test("a node's own keys win over the file's, and its env is added")
    func overrides() throws {
        let made = try plan(
            """
            name: two
            engine: {kind: sglang, version: 0.5.9}
            model: m
            tcp_iface: bond0
            rdma_gid_index: 3
            rdma_hcas: [mlx5_0, mlx5_1]
            tp_size: 16
            env: {A: file, B: file}
            ssh: {user: root, port: 22}
            state_dir: ~/.muster
            nodes:
              - 10.0.0.1
              - {host: 10.0.0.2, name: second, tcp_iface: ens1f0, rdma_gid_index: auto, rdma_hcas: [mlx5_2],
                 env: {B: node}, ssh: {port: 2222}, state_dir: /data}
            """
        )
        let (first, second) = (made.units[0], made.units[1])
        func value(_ unit: UnitPlan, _ name: String) -> String? { unit.environment.first { $0.name == name }?.value }
        #expect(value(first, "B") == "file")
        #expect(value(second, "A") == "file")
        #expect(value(second, "B") == "node")
        #expect(value(first, "GLOO_SOCKET_IFNAME") == "bond0")
        #expect(value(second, "GLOO_SOCKET_IFNAME") == "ens1f0")
        #expect(value(first, "NCCL_IB_GID_INDEX") == "3")
        #expect(value(second, "NCCL_IB_GID_INDEX") == nil)
        #expect(value(first, "NCCL_IB_HCA") == "=mlx5_0,mlx5_1")
        #expect(value(second, "NCCL_IB_HCA") == "=mlx5_2")
        #expect(second.node.ssh.port == 2222)
        #expect(second.node.ssh.user == "root")
        #expect(second.node.stateDirectory == "/data")
        #expect(second.node.name == "second")
    }

    @Test("a pattern for NCCL may stand in env beside the interface for Gloo")
    func socketPattern() throws {
        let made = try plan(single("tcp_iface: bond0\nenv: {NCCL_SOCKET_IFNAME: \"^lo,docker\"}"))
        let names = made.units[0].environment.filter { $0.name.hasSuffix("SOCKET_IFNAME") }.map {
            "\($0.name)=\($0.value)"
        }
        #expect(names == ["NCCL_SOCKET_IFNAME=^lo,docker", "GLOO_SOCKET_IFNAME=bond0"])
    }

    @Test("given ranks decide the order of units")
    func ranks() throws {
        let made = try plan(
            """
            name: two
            engine: {kind: vllm, version: 0.32.0}
            model: m
            tcp_iface: bond0
            tp_size: 16
            nodes:
              - {host: 10.0.0.2, rank: 1}
              - {host: 10.0.0.1, rank: 0}
            """
        )
        #expect(made.units.map(\.node.host) == ["10.0.0.1", "10.0.0.2"])
        #expect(made.master?.text == "10.0.0.1")
    }

    @Test("the unit that holds a rank is found, and none beyond the last")
    func holding() throws {
        let made = try examplePlan("l40s-4x8-tp32-sglang")
        #expect(made.unit(holding: GlobalRank(9))?.nodeRank == NodeRank(1))
        #expect(made.unit(holding: GlobalRank(31))?.nodeRank == NodeRank(3))
        #expect(made.unit(holding: GlobalRank(32)) == nil)
        #expect(made.ranks.map(\.rank.global.value) == Array(0..<32))
    }

    @Test("the container of a generation has its name and its program")
    func container() throws {
        let unit = try examplePlan("vllm-2x8-tp16").units[1]
        let container = unit.container(deployment: try #require(DeploymentName("d")), generation: 7)
        #expect(container?.name == "muster-d-r1-g7")
        #expect(container?.program == "docker")
        #expect(unit.render.script.contains("muster-deepseek-v3-vllm-r1-g${MUSTER_GENERATION:-0}"))
    }

    @Test("no secret's value is anywhere in a plan")
    func secrets() throws {
        let made = try examplePlan("vllm-2x8-tp16")
        #expect(made.json.pretty.contains("\"secrets\": [\n    \"VLLM_API_KEY\"\n  ]"))
        #expect(made.units.allSatisfy { $0.render.script.contains("--env VLLM_API_KEY") })
    }
}

@Suite("differences of scripts")
struct ScriptDiffTests {
    @Test("equal scripts have none")
    func equal() { #expect(ScriptDiff(old: "a\nb\n", new: "a\nb\n").isEmpty) }

    @Test("a changed line is removed and added, in reading order")
    func changed() {
        #expect(ScriptDiff(old: "a\nb\nc\n", new: "a\nx\nc\n").lines == [.removed("b"), .added("x")])
        #expect(ScriptDiff(old: "a\n", new: "a\nb\n").lines == [.added("b")])
        #expect(ScriptDiff(old: "a\nb\n", new: "b\n").lines == [.removed("a")])
    }
}

@Suite("digests")
struct DigestTests {
    @Test("the digest of nothing is that of FIPS 180-4's empty message")
    func empty() {
        #expect(Digest(of: []).hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(Digest(of: Array("abc".utf8)).short == "ba7816bf8f01")
    }

    @Test("only 64 hexadecimal digits are one", arguments: ["", "ab", String(repeating: "g", count: 64)])
    func bad(text: String) { #expect(Digest(hex: text) == nil) }
}
