import MusterEngines
import MusterPlan
package import MusterRuntime
package import MusterSpec
import Synchronization

/// What goes wrong, and what can be seen of it.
extension SimulatedCluster {
    /// Ends a GPU worker, as SIGKILL would.
    package func kill(worker rank: GlobalRank) {
        change { state in
            guard let generation = state.gathered, let unit = plan.unit(holding: rank),
                let place = unit.ranks.first(where: { $0.global == rank })
            else { return }
            let key = UnitKey(generation: generation, nodeRank: unit.nodeRank)
            let title = engine.title(place)
            let found = state.nodes[unit.node.name]?.units[key]?.workers.first { $0.title == title }
            if let found { state.nodes[unit.node.name]?.kill(key, found) }
        }
    }

    /// Ends a launcher, as SIGKILL would, and with it its workers.
    package func kill(_ unit: NodeRank) {
        change { state in
            guard let node = plan.unit(unit)?.node.name else { return }
            let running = state.nodes[node]?.units.values.first { $0.isRunning && $0.key.nodeRank == unit }
            if let running, let launcher = running.launcher { state.nodes[node]?.kill(running.key, launcher) }
        }
    }

    /// Connections to a node break, and no new one comes about until it is restored.
    package func cut(_ node: String) {
        let broken = state.withLock { state in
            state.nodes[node]?.contact = .cut
            for id in state.nodes[node]?.watches.keys.sorted() ?? [] { state.nodes[node]?.close(id) }
            return state.connections[node] ?? []
        }
        for connection in broken { connection.fail() }
    }

    /// Nothing goes to a node or comes from it until it is restored, and nobody is told.
    package func silence(_ node: String) { change { $0.nodes[node]?.contact = .silent } }

    package func restore(_ node: String) { change { $0.nodes[node]?.contact = .open } }

    /// A node loses power and comes back with nothing running.
    package func reboot(_ node: String) {
        cut(node)
        change { $0.nodes[node]?.losePower() }
        restore(node)
    }

    /// What a node says it has sent: the records of `traffic`.
    package func count(_ records: [String], on node: String) { change { $0.nodes[node]?.sent = records } }

    /// The kernel of a node says something: `[ SECONDS.MICROSECONDS] TEXT`, where it has run for 5000 s.
    package func report(_ line: String, on node: String) { change { $0.nodes[node]?.kernelLog.append(line) } }

    /// The kernel of a node keeps what it says from the user.
    package func closeKernel(of node: String) { change { $0.nodes[node]?.closesKernel = true } }

    // MARK: Looking

    /// Every call in the order in which they came.
    package var heard: [Heard] { state.withLock { $0.trace } }

    /// The units that run, by node.
    package var running: [String: [UnitKey]] {
        state.withLock { state in
            state.nodes.mapValues { node in
                node.units.values.filter(\.isRunning).map(\.key).sorted { $0.generation < $1.generation }
            }
        }
    }

    /// A file of a run directory.
    package func file(_ name: String, of key: UnitKey) -> [UInt8]? {
        state.withLock { state in
            plan.unit(key.nodeRank).flatMap { state.nodes[$0.node.name]?.units[key]?.files[name] }
        }
    }

    /// Who holds the lock of a node.
    package func owner(of node: String) -> String? { state.withLock { $0.nodes[node]?.owner } }

    func listens(_ node: String) -> Bool { state.withLock { engine.serves(node, $0) } }

    func respond(_ request: [UInt8], on node: String) -> [UInt8]? {
        state.withLock { state in
            guard engine.serves(node, state), case .open? = state.nodes[node]?.contact else { return nil }
            return engine.respond(request, state)
        }
    }
}
