import MusterPlan
import MusterSpec
import Testing

/// The base of the diagnostic pages with one line replaced.
private func baseFile(_ line: String, _ replacement: String) -> String {
    DiagnosticPage.Example.base.replacing(line + "\n", with: replacement + "\n")
}

@Suite("plans are equal when files are, and only then")
struct PlanHashTests {
    @Test(
        "what changes a launch changes the hash",
        arguments: [
            ("name: demo", "name: demo2"),
            ("engine: {kind: sglang, version: 0.5.9}", "engine: {kind: sglang, version: 0.5.8}"),
            ("model: /models/DeepSeek-V3", "model: /models/other"), ("tcp_iface: bond0", "tcp_iface: bond1"),
            ("rdma_gid_index: 3", "rdma_gid_index: auto"),
            ("nodes: [10.0.0.1, 10.0.0.2]", "nodes: [10.0.0.2, 10.0.0.1]"),
            ("ssh: {user: root}", "ssh: {user: ops}"), ("ssh: {user: root}", "ssh: {user: root, port: 2222}"),
            ("ports: {http: 8000, rendezvous: 5000}", "ports: {http: 8001, rendezvous: 5000}"),
            ("env: {NCCL_DEBUG: INFO}", "env: {NCCL_DEBUG: WARN}"),
            ("args: {trust-remote-code: true}", "args: {}"),
            ("ssh: {user: root}", "ssh: {user: root}\nstate_dir: /data/m"),
            ("ssh: {user: root}", "ssh: {user: root}\nsecrets: {A: {env: A}}"),
            ("tp_size: 16", "tp_size: 8\npp_size: 2"),
            ("nodes: [10.0.0.1, 10.0.0.2]", "nodes: [{host: a, address: 10.0.0.1}, 10.0.0.2]"),
            ("nodes: [10.0.0.1, 10.0.0.2]", "nodes: [10.0.0.1, {host: 10.0.0.2, env: {X: y}}]"),
        ]
    )
    func changes(line: String, replacement: String) throws {
        #expect(try plan(baseFile(line, replacement)).hash != plan(DiagnosticPage.Example.base).hash)
    }

    @Test(
        "what does not, does not",
        arguments: [
            ("name: demo", "# a comment\nname: demo"), ("name: demo", "name: 'demo'"),
            ("tp_size: 16", "tp_size: 16\npp_size: 1"),
            ("ssh: {user: root}", "ssh: {user: root, jump: bastion, connect_timeout: 5s}"),
            ("ssh: {user: root}", "ssh: {user: root}\nhealth: {startup_timeout: 50m}"),
            ("ssh: {user: root}", "ssh: {user: root}\nspares: [10.0.0.9]"),
            ("ssh: {user: root}", "ssh: {user: root}\nrestart: {policy: never}"),
            ("nodes: [10.0.0.1, 10.0.0.2]", "nodes: [\"10.0.0.[1-2]\"]"),
            ("tcp_iface: bond0", "tcp_iface: bond0\nmaster_ip: 10.0.0.1"),
        ]
    )
    func same(line: String, replacement: String) throws {
        #expect(try plan(baseFile(line, replacement)).hash == plan(DiagnosticPage.Example.base).hash)
    }

    @Test("underscores in a flag become the dashes every engine knows, but not inside a JSON path")
    func flags() throws {
        let sglang = try plan(
            baseFile("args: {trust-remote-code: true}", "args: {trust_remote_code: true, enable_metrics: false}")
        )
        #expect(sglang.units[0].shownArguments.contains("--trust-remote-code"))
        #expect(!sglang.units[0].shownArguments.contains("--enable-metrics"))
        let vllm = try plan(
            baseFile(
                "args: {trust-remote-code: true}",
                "args: {enable_eplb: false, compilation_config.cudagraph_mode: FULL}"
            )
            .replacing("kind: sglang, version: 0.5.9", with: "kind: vllm, version: 0.32.0")
        )
        #expect(vllm.units[0].shownArguments.contains("--no-enable-eplb"))
        #expect(vllm.units[0].shownArguments.contains("--compilation-config.cudagraph_mode"))
    }

    @Test("only node rank 0 serves, and only it listens")
    func ports() throws {
        let made = try plan(DiagnosticPage.Example.base)
        #expect(made.units.map { $0.ports.map(\.value) } == [[8000, 5000], []])
        #expect(made.endpoint == "http://10.0.0.1:8000")
        #expect(
            try plan(baseFile("tcp_iface: bond0", "tcp_iface: bond0\nbind: 10.0.0.7")).endpoint
                == "http://10.0.0.7:8000"
        )
    }

    @Test("an error leaves no plan, a warning leaves one")
    func errors() {
        #expect(checked(baseFile("tp_size: 16", "tp_size: 8")).plans.isEmpty)
        #expect(checked(baseFile("tp_size: 16", "tp_size: 8")).spec != nil)
        let warned = checked(baseFile("tcp_iface: bond0", "tcp_iface: docker0"))
        #expect(warned.plans.count == 1 && warned.diagnostics.count == 1)
    }
}

@Suite("quoting for a shell")
struct ShellTextTests {
    @Test(
        "words are quoted when they have to be",
        arguments: [
            ("a", "a"), ("/a-b_c.d:e,f@g%h+i", "/a-b_c.d:e,f@g%h+i"), ("", "''"), ("a b", "'a b'"),
            ("it's", "'it'\\''s'"), ("A=b", "'A=b'"),
            ("~/a", "'~/a'"), ("$x", "'$x'"), ("a\nb", "'a\nb'"), ("é", "'é'"), ("'", "''\\'''"),
        ]
    )
    func quote(text: String, quoted: String) { #expect(ShellText.quote(text) == quoted) }

    @Test("a comment stays on its line")
    func comment() { #expect(ShellText.comment("a\nb\r\u{7f}c") == "a b  c") }
}
