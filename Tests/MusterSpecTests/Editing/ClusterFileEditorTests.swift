import MusterTesting
import Testing

@testable import MusterSpec

@Suite("Editing a cluster file")
struct ClusterFileEditorTests {
    private static let head = """
        name: demo
        engine: {kind: sglang, version: 0.5.9}
        model: /models/DeepSeek-V3

        """

    /// The lines that an edit removes and adds, as a diff shows them.
    private func change(_ text: String, _ path: [String], _ value: String) throws -> [String] {
        let old = SourceFile(name: "cluster.yaml", text: text)
        var editor = ClusterFileEditor(old)
        let edit = FileEdit(path: path, value: value)
        try editor.apply(edit)
        let new = editor.source.text
        // A second time there is nothing to do.
        try editor.apply(edit)
        #expect(editor.source.text == new)
        return LineDifference(old: text, new: new).rows.filter { $0.kind != .kept }.map {
            "\($0.kind.rawValue)\($0.line)"
        }
    }

    private func refusal(_ text: String, _ path: [String], _ value: String) throws -> String {
        var editor = ClusterFileEditor(SourceFile(name: "cluster.yaml", text: text))
        let refusals = editor.apply([FileEdit(path: path, value: value)])
        #expect(editor.source.text == text)
        return try #require(refusals.first).reason
    }

    // MARK: The examples

    @Test(
        "every example takes an edit of a value, a node and a variable, and keeps every other line",
        arguments: Repository.configs.map(\.name)
    )
    func examples(_ name: String) throws {
        let text = try Repository.text("Configs/\(name)")
        let source = SourceFile(name: name, text: text)
        let spec = try #require(ClusterFile(source: source).spec)
        for (path, value) in [
            (["tcp_iface"], "ens9f0"), (["nodes", "\(spec.nodes.count - 1)", "tcp_iface"], "ens9f1"),
            (["env", "NCCL_NET"], "IB"), (["engine", "version"], "0.5.8"), (["rdma_hcas"], "[mlx5_7]"),
        ] {
            var editor = ClusterFileEditor(source)
            try editor.apply(FileEdit(path: path, value: value))
            let rows = LineDifference(old: text, new: editor.source.text).rows
            #expect(rows.count { $0.kind == .removed } <= 1, "\(path)")
            #expect(ClusterFile(source: editor.source).spec != nil)
        }
    }

    @Test("the reference example: a range is split and one host gets its own interface")
    func reference() throws {
        let text = try Repository.config("l40s-4x8-tp32-sglang")
        #expect(
            try change(text, ["nodes", "2", "tcp_iface"], "ens1f0") == [
                "-  - 10.0.0.[1-4]", "+  - 10.0.0.1", "+  - 10.0.0.2", "+  - {host: 10.0.0.3, tcp_iface: ens1f0}",
                "+  - 10.0.0.4",
            ]
        )
        #expect(try change(text, ["rdma_gid_index"], "auto") == ["-rdma_gid_index: 3", "+rdma_gid_index: auto"])
        #expect(
            try change(text, ["env", "NCCL_IB_HCA"], "mlx5_0") == [
                "-env: {NCCL_DEBUG: INFO}", "+env: {NCCL_DEBUG: INFO, NCCL_IB_HCA: mlx5_0}",
            ]
        )
    }

    // MARK: Values

    @Test("a value is replaced where it stands; comments, quotes and blanks around it stay")
    func values() throws {
        let text =
            Self.head + """
                tcp_iface:   "bond0"   # the fast one: "bond1" # not that
                rdma_gid_index: 3# no comment
                env:
                  # why
                  NCCL_DEBUG: 'IN''FO'  # loud
                nodes: [10.0.0.1]
                """
        #expect(
            try change(text, ["tcp_iface"], "ens1f0") == [
                "-tcp_iface:   \"bond0\"   # the fast one: \"bond1\" # not that",
                "+tcp_iface:   ens1f0   # the fast one: \"bond1\" # not that",
            ]
        )
        #expect(
            try change(text, ["env", "NCCL_DEBUG"], "WARN") == [
                "-  NCCL_DEBUG: 'IN''FO'  # loud", "+  NCCL_DEBUG: WARN  # loud",
            ]
        )
    }

    @Test("a list between brackets is replaced whole")
    func lists() throws {
        let text = Self.head + "rdma_hcas: [mlx5_0, \"mlx5_1\"] # both\nnodes: [10.0.0.1]\n"
        #expect(
            try change(text, ["rdma_hcas"], "[mlx5_2]") == [
                "-rdma_hcas: [mlx5_0, \"mlx5_1\"] # both", "+rdma_hcas: [mlx5_2] # both",
            ]
        )
    }

    @Test("a list of lines becomes one between brackets, unless comments stand among them")
    func listLines() throws {
        let text =
            Self.head + """
                rdma_hcas: # both
                  - mlx5_0
                  - mlx5_1
                # Where it runs.
                nodes:
                - host: gpu-1
                  rdma_hcas:
                  - mlx5_3
                  address: 10.0.0.1
                """
        #expect(
            try change(text, ["rdma_hcas"], "[mlx5_2]") == [
                "-rdma_hcas: # both", "-  - mlx5_0", "-  - mlx5_1", "+rdma_hcas: [mlx5_2] # both",
            ]
        )
        #expect(
            try change(text, ["nodes", "0", "rdma_hcas"], "[mlx5_2]") == [
                "-  rdma_hcas:", "-  - mlx5_3", "+  rdma_hcas: [mlx5_2]",
            ]
        )
        #expect(
            try refusal(text.replacing("- mlx5_1", with: "- mlx5_1 # slow"), ["rdma_hcas"], "[mlx5_2]")
                == "the list of `rdma_hcas` has comments between its lines"
        )
    }

    // MARK: Missing keys

    @Test("a missing key comes behind the one before it in the reference, before comments of the next")
    func missing() throws {
        let text =
            Self.head + """

                # Where ranks meet.
                tp_size: 8
                nodes:
                - 10.0.0.1

                # Flags.
                args:
                  trust-remote-code: true
                """
        #expect(try change(text, ["tcp_iface"], "bond0") == ["+tcp_iface: bond0"])
        var editor = ClusterFileEditor(SourceFile(name: "a", text: text))
        try editor.apply(FileEdit(path: ["tcp_iface"], value: "bond0"))
        #expect(editor.source.text.contains("model: /models/DeepSeek-V3\ntcp_iface: bond0\n\n# Where ranks meet."))
        try editor.apply(FileEdit(path: ["env", "NCCL_NET"], value: "IB"))
        #expect(editor.source.text.contains("- 10.0.0.1\nenv: {NCCL_NET: IB}\n\n# Flags."))
        #expect(try change(text, ["args", "tokenizer-mode"], "auto") == ["+  tokenizer-mode: auto"])
    }

    @Test("a mapping over several lines between brackets takes another pair at its end")
    func flowLines() throws {
        let text =
            Self.head + """
                env: {
                  NCCL_DEBUG: INFO, # loud
                  NCCL_NET: IB # RDMA or nothing
                }
                nodes: [10.0.0.1, 10.0.0.2]
                """
        #expect(
            try change(text, ["env", "A"], "b") == [
                "-  NCCL_NET: IB # RDMA or nothing", "+  NCCL_NET: IB, A: b # RDMA or nothing",
            ]
        )
        #expect(try change(text, ["secrets", "K", "env"], "K") == ["+secrets: {K: {env: K}}"])
    }

    // MARK: Nodes

    @Test("a bare host becomes a mapping, in a list of lines and between brackets")
    func hosts() throws {
        let lines = Self.head + "nodes:\n  - 10.0.0.1 # first\n  - \"gpu-b\"\nspares: [10.0.0.9, fd00::1]\n"
        #expect(
            try change(lines, ["nodes", "0", "tcp_iface"], "ens1f0") == [
                "-  - 10.0.0.1 # first", "+  - {host: 10.0.0.1, tcp_iface: ens1f0} # first",
            ]
        )
        #expect(
            try change(lines, ["nodes", "1", "env", "A"], "b") == [
                "-  - \"gpu-b\"", "+  - {host: gpu-b, env: {A: b}}",
            ]
        )
        #expect(
            try change(lines, ["spares", "1", "rdma_gid_index"], "5") == [
                "-spares: [10.0.0.9, fd00::1]", "+spares: [10.0.0.9, {host: \"fd00::1\", rdma_gid_index: 5}]",
            ]
        )
    }

    @Test("nodes are counted with ranges expanded; a range keeps its comment on the first line")
    func ranges() throws {
        let text =
            Self.head + """
                nodes:
                  - gpu-[01-02] # rack A
                  - {host: "gpu-[3-4]", tcp_iface: eth0, env: {A: b}} # rack B
                  - gpu-9
                spares: ["10.0.0.[1-2]", x9]
                """
        #expect(
            try change(text, ["nodes", "1", "tcp_iface"], "eth9") == [
                "-  - gpu-[01-02] # rack A", "+  - gpu-01 # rack A", "+  - {host: gpu-02, tcp_iface: eth9}",
            ]
        )
        #expect(
            try change(text, ["nodes", "2", "tcp_iface"], "eth9") == [
                "-  - {host: \"gpu-[3-4]\", tcp_iface: eth0, env: {A: b}} # rack B",
                "+  - {host: gpu-3, tcp_iface: eth9, env: {A: b}} # rack B",
                "+  - {host: gpu-4, tcp_iface: eth0, env: {A: b}}",
            ]
        )
        #expect(
            try change(text, ["nodes", "4", "tcp_iface"], "eth9") == [
                "-  - gpu-9", "+  - {host: gpu-9, tcp_iface: eth9}",
            ]
        )
        #expect(
            try change(text, ["spares", "0", "tcp_iface"], "eth9") == [
                "-spares: [\"10.0.0.[1-2]\", x9]", "+spares: [{host: 10.0.0.1, tcp_iface: eth9}, 10.0.0.2, x9]",
            ]
        )
    }

    @Test("a node in lines of its own takes a line more")
    func blockNode() throws {
        let text =
            Self.head + "nodes:\n  - host: gpu-1\n    address: 10.0.0.1\n    # own\n    env:\n      A: b\n  - gpu-2"
        #expect(try change(text, ["nodes", "0", "tcp_iface"], "eth9") == ["+    tcp_iface: eth9"])
        #expect(try change(text, ["nodes", "0", "env", "C"], "d") == ["+      C: d"])
        #expect(
            try change(text, ["nodes", "1", "tcp_iface"], "eth9") == [
                "-  - gpu-2", "+  - {host: gpu-2, tcp_iface: eth9}",
            ]
        )
    }

    // MARK: Bytes

    @Test("CRLF stays CRLF, and what is added has it too")
    func carriageReturns() throws {
        let text = (Self.head + "tcp_iface: bond0 # x\nnodes:\n  - 10.0.0.[1-2]\n").replacing("\n", with: "\r\n")
        var editor = ClusterFileEditor(SourceFile(name: "a", text: text))
        let edits = [
            FileEdit(path: ["tcp_iface"], value: "eth1"), FileEdit(path: ["nodes", "1", "tcp_iface"], value: "eth2"),
            FileEdit(path: ["rdma_gid_index"], value: "auto"),
        ]
        #expect(editor.apply(edits) == [])
        let lines = [
            "tcp_iface: eth1 # x", "rdma_gid_index: auto", "nodes:", "  - 10.0.0.1",
            "  - {host: 10.0.0.2, tcp_iface: eth2}", "",
        ]
        #expect(editor.source.text == (Self.head + lines.joined(separator: "\n")).replacing("\n", with: "\r\n"))
    }

    @Test("a byte order mark stays, and bytes that are no text are refused")
    func bytes() throws {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        let text = Array((Self.head + "nodes: [gpu-1]\n").utf8)
        let edit = FileEdit(path: ["name"], value: "other")
        let result = try ClusterFileEditor.applying([edit], to: mark + text, name: "a")
        #expect(result.refusals == [] && result.bytes.starts(with: mark + Array("name: other\n".utf8)))
        #expect(try ClusterFileEditor.applying([], to: text, name: "a").bytes == text)
        #expect(throws: DiagnosticFailure.self) { try ClusterFileEditor.applying([edit], to: [0x6e, 0xff], name: "a") }
    }

    // MARK: Refusals

    @Test("what is shared is not edited through one of its places")
    func shared() throws {
        let text =
            Self.head + """
                tcp_iface: &iface bond0
                env: &env {A: b}
                nodes:
                  - &first {host: gpu-1, address: 10.0.0.1, tcp_iface: eth0}
                  - {<<: *first, host: gpu-2, address: 10.0.0.2}
                  - {host: gpu-3, address: 10.0.0.3, env: *env}
                spares: [{host: gpu-4, tcp_iface: *iface}]
                """
        let marked = "has an anchor, an alias or a tag"
        #expect(try refusal(text, ["tcp_iface"], "x") == "the value of `tcp_iface` \(marked)")
        #expect(try refusal(text, ["env", "A"], "c") == "the value of `env` \(marked)")
        #expect(try refusal(text, ["nodes", "0", "tcp_iface"], "x") == "an entry of `nodes` \(marked)")
        #expect(try refusal(text, ["spares", "0", "tcp_iface"], "x") == "the value of `tcp_iface` \(marked)")
    }

    @Test("a key that is merged in is written anew where it is to differ")
    func merge() throws {
        let text =
            Self.head + """
                ssh: &login {user: root}
                nodes:
                  - {host: gpu-1, ssh: {<<: *login, port: 22}}
                """
        #expect(
            try change(text, ["nodes", "0", "ssh", "user"], "ops") == [
                "-  - {host: gpu-1, ssh: {<<: *login, port: 22}}",
                "+  - {host: gpu-1, ssh: {<<: *login, port: 22, user: ops}}",
            ]
        )
    }

    @Test("what is written over several lines, is no value, or is not there is refused with the reason")
    func refusals() throws {
        let text =
            Self.head + """
                args:
                  A: >
                    b
                nodes:
                  - host: gpu-[1-2]
                    tcp_iface: eth0
                """
        #expect(try refusal(text, ["args", "A"], "c") == "the value of `A` is written over several lines")
        #expect(
            try refusal(text, ["nodes", "0", "tcp_iface"], "eth1")
                == "the entry of the node stands for 2 hosts and is written over several lines: list the hosts one by one"
        )
        #expect(try refusal(text, ["nodes", "7", "tcp_iface"], "a") == "the file lists only 2 `nodes`")
        #expect(try refusal(text, ["spares", "0", "tcp_iface"], "a") == "the file lists no `spares`")
        #expect(try refusal(text, ["tcp_iface"], "a b") == "`a b` is no value for `tcp_iface`")
        #expect(try refusal(text, ["tcp_face"], "a") == "`a` is no value for `tcp_face`")
        #expect(
            try refusal(text, ["tcp_iface"], "a\nname: b") == "the edit names no key, or its value is not on one line"
        )
        #expect(try refusal(text + "\nname: again", ["tcp_iface"], "a").hasPrefix("the file cannot be read as it is"))
        // It would end the mapping it stands in.
        #expect(
            try refusal(Self.head + "env: {A: b}\nnodes: [a1]", ["env", "A"], "x}, {")
                == "the text around it is written in a way that cannot be edited safely"
        )
    }
}
