import MusterSpec
import Testing

@Suite("Checks of nodes")
struct NodeChecksTests {
    /// One `nodes:` value and the codes it gives, warnings included.
    struct Row: CustomTestStringConvertible {
        var nodes: String
        var codes: [DiagnosticCode]
        var testDescription: String { nodes }

        init(_ nodes: String, _ codes: DiagnosticCode...) {
            self.nodes = nodes
            self.codes = codes
        }
    }

    @Test(
        "hosts, names, addresses and ranks",
        arguments: [
            Row("[10.0.0.1, 10.0.0.2]"),
            Row("[10.0.0.1, 10.0.0.1]", .duplicateHost),
            Row("[\"10.0.0.[1-3]\", 10.0.0.2]", .duplicateHost),
            Row("[{host: gpu, address: 10.0.0.1}, {host: GPU, address: 10.0.0.2}]", .duplicateHost),
            Row("[{host: 10.0.0.1, ssh: {port: 2201}}, {host: 10.0.0.1, ssh: {port: 2202}}]"),
            Row("[{host: 10.0.0.1, name: a}, {host: 10.0.0.2, name: b}]"),
            Row("[{host: 10.0.0.1, name: a}, {host: 10.0.0.2, name: a}]", .duplicateNodeName),
            Row("[{host: a, address: 10.0.0.1}, {host: b, address: 10.0.0.2}]"),
            Row("[{host: a, address: 10.0.0.1}, {host: b, address: 10.0.0.1}]", .duplicateAddress),
            Row("[10.0.0.1, {host: b, address: 10.0.0.1}]", .duplicateAddress),
            Row("[{host: a, address: \"fd00::1\"}, {host: b, address: \"fd00:0:0::1\"}]", .duplicateAddress),
            Row("[{host: 10.0.0.1, rank: 1}, {host: 10.0.0.2, rank: 0}]"),
            Row("[{host: 10.0.0.1, rank: 0}, {host: 10.0.0.2, rank: 0}]", .duplicateNodeRank),
            Row("[{host: 10.0.0.1, rank: 0}, {host: 10.0.0.2, rank: 2}]", .duplicateNodeRank),
            Row("[{host: 10.0.0.1, rank: 0}, 10.0.0.2]", .duplicateNodeRank),
            Row("[]", .emptyValue),
            Row("[{host: \"10.0.0.[1-2]\", name: a}]", .duplicateNodeName, .malformedValue),
            Row("[\"10.0.0.[2-1]\"]", .malformedValue),
            Row("[root@10.0.0.1]", .malformedValue),
            Row("[-oProxyCommand=x]", .malformedValue),
        ]
    )
    func nodes(row: Row) {
        #expect(codes(baseFile(["nodes": "nodes: \(row.nodes)"])) == row.codes)
    }

    @Test("a spare that is a node already stands twice")
    func spares() {
        #expect(codes(baseFile(appending: "spares: [10.0.0.2]\n")) == [.duplicateHost])
        #expect(codes(baseFile(appending: "spares: [10.0.0.9]\n")) == [])
    }

    @Test("a range keeps its zeros and its order")
    func range() {
        let file = read(baseFile(["nodes": "nodes: [\"gpu[08-11]\"]"], appending: "master_ip: 10.0.0.1\n"))
        #expect(file.spec?.nodes.map(\.host) == ["gpu08", "gpu09", "gpu10", "gpu11"])
    }

    @Test("a node's own settings win over the file's")
    func overrides() throws {
        let file = read(
            baseFile([
                "nodes": "nodes: [10.0.0.1, {host: 10.0.0.2, tcp_iface: ens1, rdma_gid_index: auto, ssh: {port: 23}}]",
                "ssh": "ssh: {user: root, port: 22, jump: b}",
            ])
        )
        let spec = try #require(file.spec)
        #expect(spec.nodes[0].tcpInterface == nil && spec.tcpInterface?.value == "bond0")
        #expect(spec.nodes[1].tcpInterface?.value == "ens1")
        #expect(spec.nodes[1].gidIndex?.value == .automatic)
        #expect(spec.nodes[1].ssh.port?.value.value == 23 && spec.nodes[1].ssh.user?.value == "root")
        #expect(spec.nodes[1].ssh.jump?.value == "b" && spec.nodes[0].ssh.port?.value.value == 22)
    }

    @Test("a key file that cannot be used is told once, with what is wrong")
    func identity() {
        func found(_ state: SpecWorld.KeyFile) -> [Diagnostic] {
            let world = SpecWorld(keyFile: { _ in state }, secretProblem: { _ in nil })
            return diagnostics(
                baseFile([
                    "ssh": "ssh: {identity: ~/k.pub}", "nodes": "nodes: [10.0.0.1, {host: 10.0.0.2, ssh: {user: a}}]",
                ]),
                world: world
            )
        }
        #expect(found(.usable) == [])
        #expect(found(.missing).map(\.found) == ["no such file"])
        #expect(found(.unreadable("permission denied")).map(\.found) == ["permission denied"])
        #expect(found(.notAKey).map(\.code) == [.identityUnreadable])
        #expect(found(.publicKey).map(\.hint) == ["name the private key: `~/k`"])
    }

    @Test("a secret that cannot be read here is a warning with the way to set it")
    func secrets() {
        let world = SpecWorld(keyFile: { _ in .usable }, secretProblem: { _ in "not set" })
        let found = diagnostics(baseFile(appending: "secrets: {A: {env: B}, C: {file: ~/c}}\n"), world: world)
        #expect(found.map(\.code) == [.secretUnavailable, .secretUnavailable])
        #expect(found.allSatisfy { $0.severity == .warning })
        #expect(found.map(\.hint) == ["export `B` before running muster", "write the secret to `~/c`"])
        #expect(codes(baseFile(appending: "secrets: {A: {env: B, file: c}}\n")) == [.missingKey])
        #expect(codes(baseFile(appending: "secrets: {A: {}}\n")) == [.missingKey])
    }
}
