import MusterEngines
import MusterPlan
import MusterSpec
import Testing

@Suite("replicas")
struct ReplicaTests {
    /// Two replicas of two nodes, with one change.
    private func file(_ edit: (line: String, replacement: String)? = nil) -> String {
        let base = """
            name: demo
            engine: {kind: sglang, version: 0.5.9}
            model: /m
            tcp_iface: bond0
            replicas: 2
            tp_size: 16
            nodes: ["10.0.0.[1-4]"]
            spares: [10.0.0.8, 10.0.0.9]

            """
        return edit.map { base.replacing($0.line, with: $0.replacement) } ?? base
    }

    @Test("each replica is a gang with node ranks, a master and an endpoint of its own")
    func gangs() throws {
        let made = try plans(file())
        #expect(made.map(\.replica) == [0, 1])
        #expect(made.map(\.title) == ["demo replica 0", "demo replica 1"])
        #expect(made.map { $0.units.map(\.node.host) } == [["10.0.0.1", "10.0.0.2"], ["10.0.0.3", "10.0.0.4"]])
        #expect(made.map { $0.units.map(\.nodeRank.value) } == [[0, 1], [0, 1]])
        #expect(made.map { $0.ranks.map(\.rank.global.value) } == [Array(0..<16), Array(0..<16)])
        #expect(made.map(\.master?.text) == ["10.0.0.1", "10.0.0.3"])
        #expect(made.map(\.endpoint) == ["http://10.0.0.1:30000", "http://10.0.0.3:30000"])
        #expect(made.allSatisfy { $0.spares.map(\.host) == ["10.0.0.8", "10.0.0.9"] })
        #expect(made.allSatisfy { $0.units.allSatisfy { $0.shownArguments.contains("--nnodes") } })
        #expect(Set(made.map(\.hash)).count == 2)
    }

    @Test("one replica is a file without the key")
    func one() throws {
        let plain = file(("replicas: 2\ntp_size: 16", "tp_size: 32"))
        let said = file(("replicas: 2\ntp_size: 16", "replicas: 1\ntp_size: 32"))
        #expect(try plans(said).map(\.hash) == plans(plain).map(\.hash))
        #expect(try plans(plain).map(\.title) == ["demo"])
    }

    @Test("a replica that is added changes none that is there")
    func more() throws {
        let three = try plans(file(("replicas: 2", "replicas: 3")).replacing("[1-4]", with: "[1-6]"))
        #expect(try plans(file()).map(\.hash) == three.prefix(2).map(\.hash))
        let one = try plans(file(("replicas: 2\n", "")).replacing("[1-4]", with: "[1-2]"))
        #expect(one.map(\.hash) == three.prefix(1).map(\.hash))
    }

    @Test("a replica of one node meets nowhere")
    func single() throws {
        let made = try plans(file(("replicas: 2\ntp_size: 16", "replicas: 4\ntp_size: 8")))
        #expect(made.count == 4 && made.allSatisfy { $0.master == nil && $0.units.count == 1 })
    }

    @Test("a spare takes a place in one replica and leaves the others as they are")
    func spare() throws {
        let spec = try #require(checked(file()).spec)
        let builders = PlanBuilder.replicas(of: spec)
        let changed = try #require(builders[1].build(replacing: ["10.0.0.3": "10.0.0.9"]))
        #expect(changed.replica == 1)
        #expect(changed.units.map(\.node.host) == ["10.0.0.9", "10.0.0.4"])
        #expect(changed.master?.text == "10.0.0.9")
        #expect(changed.spares.map(\.host) == ["10.0.0.8", "10.0.0.3"])
        // A node of another replica is none of its own.
        #expect(builders[1].build(replacing: ["10.0.0.1": "10.0.0.9"]) == nil)
    }

    @Test(
        "what cannot be split or shared is said with a place",
        arguments: [
            ("replicas: 2", "replicas: 3", DiagnosticCode.unevenReplicas, "add 2 nodes, or write `replicas: 2`"),
            ("replicas: 2", "replicas: 5", .unevenReplicas, "add 1 node, or write `replicas: 4`"),
            ("replicas: 2", "replicas: 0", .outOfRange, nil),
            ("tp_size: 16", "tp_size: 32", .layoutDoesNotFillGPUs, nil),
            (
                "tp_size: 16", "tp_size: 16\nmaster_ip: 10.0.0.1", .addressOfSeveral,
                "remove `master_ip`; a first node that has only a name needs its `address`"
            ),
            (
                "tp_size: 16", "tp_size: 16\nbind: 10.0.0.1", .addressOfSeveral,
                "remove `bind`, or write `bind: 0.0.0.0`"
            ),
            ("\"10.0.0.[1-4]\"", "10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.1", .duplicateHost, nil),
            (
                "\"10.0.0.[1-4]\"", "10.0.0.1, 10.0.0.2, gpu, 10.0.0.4", .masterUnknown,
                "write `{host: gpu, address: ADDRESS}`"
            ),
            (
                "\"10.0.0.[1-4]\"",
                "{host: a1, address: 10.0.0.1, rank: 0}, {host: a2, address: 10.0.0.2, rank: 1}, "
                    + "{host: b1, address: 10.0.0.3, rank: 2}, {host: b2, address: 10.0.0.4, rank: 1}",
                .duplicateNodeRank, "number the nodes 0 to 1"
            ),
        ] as [(String, String, DiagnosticCode, String?)]
    )
    func problems(line: String, replacement: String, code: DiagnosticCode, hint: String?) {
        let found = checked(file((line, replacement)))
        #expect(found.diagnostics.map(\.code) == [code])
        #expect(found.diagnostics.allSatisfy { $0.span != nil && $0.hint != nil })
        if let hint { #expect(found.diagnostics.map(\.hint) == [hint]) }
        #expect(found.plans.isEmpty)
    }

    @Test("loopback may be bound on every node, and ranks begin anew in each replica")
    func fine() throws {
        #expect(try plans(file(("tp_size: 16", "tp_size: 16\nbind: 127.0.0.1"))).count == 2)
        let ranks = (1...4).map { "{host: h\($0), address: 10.0.0.\($0), rank: \($0 % 2)}" }.joined(separator: ", ")
        let made = try plans(file(("\"10.0.0.[1-4]\"", ranks)))
        #expect(made.map { $0.units.map(\.node.host) } == [["h2", "h1"], ["h4", "h3"]])
    }

    @Test("sizes are judged against one replica")
    func sizes() {
        let found = checked(file(("tp_size: 16", "tp_size: 32"))).diagnostics
        #expect(found.map(\.expected) == ["16 ranks: 2 nodes of 8 GPUs in each replica"])
        #expect(found.map(\.hint) == ["write `tp_size: 16`, or change `replicas`, `nodes` or `gpus_per_node`"])
    }
}
