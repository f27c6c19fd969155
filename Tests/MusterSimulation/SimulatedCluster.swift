package import MusterPlan
package import MusterRuntime
import MusterSpec
import Synchronization

/// The nodes of one plan in memory, and the gang that runs on them as far as it was launched: units wait for each other,
/// come up together, and hang when one of them is gone.
///
/// ```
/// NodeLink ── SimulatedConnection ── SimulatedCluster ── SimulatedNode, one for each node of the plan
///                                        └ SimulatedEngine: what the units print and answer
/// ```
/// Nothing happens by itself: time passes in ``advance(to:)``, and harm comes from the test.
package final class SimulatedCluster: Sendable {
    struct State: Sendable {
        var nodes: [String: SimulatedNode] = [:]
        var now = Duration.zero
        var number = 0
        var channels: [Int: SimulatedChannel] = [:]
        var connections: [String: [SimulatedConnection]] = [:]
        /// The generation whose units have met.
        var gathered: Int?
        var chatter = SimulatedChatter()
        /// When something is due on a node, if nothing is printed before; the past where that is to be found out.
        var due: [String: Duration] = [:]
        var trace: [Heard] = []
    }

    /// A call, and the node it came to.
    package struct Heard: Hashable, Sendable {
        package let node: String
        package let call: NodeCall
    }

    package let plan: LaunchPlan
    let engine: SimulatedEngine
    let busy: [NodeRank: [[UInt8]]]
    let state: Mutex<State>
    private let before: @Sendable (Heard) async -> Void

    /// - Parameters:
    ///   - plan: What will be launched.
    ///   - before: Runs before a call has any effect.
    package init(_ plan: LaunchPlan, before: @escaping @Sendable (Heard) async -> Void = { _ in }) {
        self.plan = plan
        self.before = before
        let engine = SimulatedEngine(plan: plan)
        self.engine = engine
        busy = Dictionary(uniqueKeysWithValues: plan.units.map { ($0.nodeRank, engine.busy($0)) })
        var nodes: [String: SimulatedNode] = [:]
        for node in plan.units.map(\.node) + plan.spares {
            nodes[node.name] = SimulatedNode(deployment: plan.name.value, boot: "boot-\(node.name)")
        }
        state = Mutex(State(nodes: nodes))
    }

    /// The link to a node, as a supervisor makes one.
    package func link(_ node: PlannedNode) -> NodeLink {
        NodeLink(node) { () async throws(RuntimeError) -> any NodeConnection in
            guard case .open = self.contact(node.name) else {
                throw RuntimeError(.connectionRefused, "no route to host", node: node.name)
            }
            let connection = SimulatedConnection(self, node: node.name)
            self.state.withLock { $0.connections[node.name, default: []].append(connection) }
            return connection
        }
    }

    // MARK: What connections ask

    func nextNumber() -> Int {
        state.withLock { state in
            state.number += 1
            return state.number
        }
    }

    func contact(_ node: String) -> SimulatedNode.Contact { state.withLock { $0.nodes[node]?.contact ?? .cut } }

    func hear(_ call: NodeCall, on node: String) async {
        let heard = Heard(node: node, call: call)
        await before(heard)
        state.withLock { $0.trace.append(heard) }
    }

    func forget(_ connection: SimulatedConnection, on node: String) {
        state.withLock { $0.connections[node]?.removeAll { $0 === connection } }
    }

    func takeScript(on node: String) { state.withLock { $0.nodes[node]?.hasScript = true } }

    func answer(_ call: NodeCall, on node: String, stdin: [UInt8]) -> [UInt8] {
        change { state in
            guard state.nodes[node]?.hasScript ?? false else { return Self.needsScript }
            let epoch = Self.epoch(state.now)
            let answer = state.nodes[node]?.answer(call.verb, call.words, stdin: stdin, epoch: epoch)
            return Array("muster/1 \(call.nonce)\n".utf8) + (answer?.bytes ?? [])
        }
    }

    func watch(
        _ call: NodeCall,
        on node: String,
        _ id: Int,
        over connection: SimulatedConnection
    ) -> SimulatedChannel {
        let channel = SimulatedChannel(node) { [weak self] bytes in
            self?.take(bytes, from: id, on: node)
        } left: { [weak self, weak connection] in
            connection?.forget(id)
            self?.leave(id, node)
        }
        change { state in
            guard state.nodes[node]?.hasScript ?? false else {
                channel.push(Self.needsScript)
                return channel.end()
            }
            channel.push(Array("muster/1 \(call.nonce)\n".utf8))
            state.channels[id] = channel
            let (epoch, now) = (Self.epoch(state.now), state.now)
            if state.nodes[node]?.open(id, call.words, epoch: epoch, at: now) != true {
                state.close(id, on: node)
            }
            state.due[node] = .zero
        }
        return channel
    }

    private func take(_ bytes: [UInt8], from id: Int, on node: String) {
        state.withLock { state in
            guard case .open? = state.nodes[node]?.contact else { return }
            let now = state.now
            if state.nodes[node]?.take(bytes, from: id, at: now) != true { state.close(id, on: node) }
            state.deliver(from: node)
        }
    }

    private func leave(_ id: Int, _ node: String) {
        change { state in
            state.channels[id] = nil
            state.nodes[node]?.close(id)
        }
    }

    private static let needsScript = Array("\nmuster-needs-script\n".utf8)

    static func epoch(_ now: Duration) -> Int { 1_772_600_760 + Int(now.components.seconds) }

    /// Changes something, lets units come up that have met by it, and sends what nodes have to say.
    @discardableResult
    func change<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        state.withLock { state in
            let value = body(&state)
            for node in state.nodes.keys.sorted() where state.nodes[node]?.begun.isEmpty == false {
                engine.begin(node, &state)
            }
            engine.gather(&state)
            state.deliver()
            return value
        }
    }
}

extension SimulatedCluster.State {
    /// What nodes have said goes out in their order, also before a channel ends.
    mutating func deliver() { for name in nodes.keys { deliver(from: name) } }

    mutating func deliver(from name: String) {
        guard let said = nodes[name]?.said, !said.isEmpty, let contact = nodes[name]?.contact else { return }
        // What a silent network holds back arrives when it no longer does.
        if case .silent = contact { return }
        nodes[name]?.said = []
        guard case .open = contact else { return }
        for (id, bytes) in said { channels[id]?.push(bytes) }
    }

    mutating func close(_ id: Int, on node: String) {
        deliver(from: node)
        channels.removeValue(forKey: id)?.end()
    }
}
