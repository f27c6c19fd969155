import MusterPlan
import MusterSimulation
import MusterSpec
import Testing

@testable import MusterRuntime

/// That simulated nodes keep the node contract where a supervisor relies on it.
@Suite("Simulated nodes", .timeLimit(.minutes(5)))
struct SimulatedClusterTests {
    private static let (mine, theirs) = ("me@here:1:up:1", "you@there:2:up:2")

    private struct Node {
        let cluster: SimulatedCluster
        let link: NodeLink
        let name: DeploymentName
        let unit: UnitPlan

        init() async throws {
            let plan = try plan(of: Kept.text)
            cluster = SimulatedCluster(plan)
            unit = try #require(plan.units.first)
            link = cluster.link(unit.node)
            name = plan.name
            try await link.open()
        }

        /// Opens a watch and reads its first events.
        func watch(_ owner: String) async throws -> (NodeWatch, [WatchEvent]) {
            try await link.pushScript(over: try await link.live())
            let watch = try await link.watch(name, owner: owner)
            var reader = watch.reader()
            return (watch, try await reader.next() ?? [])
        }

        func stage(generation: Int, owner: String) async throws -> NodeLink.Staging {
            let staged = StagedUnit(unit, deployment: name, generation: generation, token: "t", secrets: [])
            return try await link.stage([staged], of: name, generation: generation, owner: owner)
        }
    }

    @Test("only the owner of the lock may launch")
    func lock() async throws {
        let node = try await Node()
        let (_, first) = try await node.watch(Self.mine)
        #expect(first.contains(.held))
        let (_, second) = try await node.watch(Self.theirs)
        #expect(second.contains(.end(.refused(reason: "locked", text: Self.mine))))
        await #expect(throws: RuntimeError.self) { try await node.stage(generation: 1, owner: Self.theirs) }
        #expect(try await node.stage(generation: 1, owner: Self.mine) == .staged)
    }

    @Test("a generation that is older than one that was seen is refused")
    func stale() async throws {
        let node = try await Node()
        _ = try await node.watch(Self.mine)
        #expect(try await node.stage(generation: 7, owner: Self.mine) == .staged)
        #expect(try await node.stage(generation: 6, owner: Self.mine) == .stale(highest: 7))
    }

    @Test("the status of a unit is that of its processes")
    func status() async throws {
        let node = try await Node()
        _ = try await node.watch(Self.mine)
        _ = try await node.stage(generation: 1, owner: Self.mine)
        #expect(try await node.link.status(of: node.name).units.map(\.state) == [.staged])
        try await node.link.start(NodeRank(0), of: node.name, generation: 1, owner: Self.mine)
        let record = try #require(try await node.link.status(of: node.name).units.first)
        #expect(record.state == .running && record.renderHash == node.unit.render.hash.hex)
        #expect(record.processes.count == 1 + node.unit.ranks.count)
        node.cluster.kill(NodeRank(0))
        #expect(try await node.link.status(of: node.name).units.map(\.exit?.status) == [137])
    }

    @Test("a node beats at its interval, and ends a watch that it does not hear")
    func beats() async throws {
        let node = try await Node()
        let (watch, _) = try await node.watch(Self.mine)
        node.cluster.advance(to: .seconds(2))
        try await watch.beat()
        node.cluster.advance(to: .seconds(16))
        #expect(node.cluster.owner(of: node.unit.node.name) == Self.mine)
        node.cluster.advance(to: .seconds(17))
        #expect(node.cluster.owner(of: node.unit.node.name) == nil)
    }

    @Test("log bytes come once and at their offsets")
    func log() async throws {
        let node = try await Node()
        let (watch, _) = try await node.watch(Self.mine)
        let key = UnitKey(generation: 1, nodeRank: NodeRank(0))
        _ = try await node.stage(generation: 1, owner: Self.mine)
        try await watch.follow(key, from: 0, backlog: nil)
        try await node.link.start(NodeRank(0), of: node.name, generation: 1, owner: Self.mine)
        node.cluster.kill(NodeRank(0))
        let piece = try #require(try await node.link.read("log", of: key, in: node.name, offset: 0, limit: 1 << 20))
        #expect(!piece.bytes.isEmpty && piece.bytes.count == piece.total)
    }
}
