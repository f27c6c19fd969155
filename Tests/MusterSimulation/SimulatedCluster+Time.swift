import MusterPlan
import MusterRuntime
package import MusterSpec
import Synchronization

/// Time, and what comes with it.
extension SimulatedCluster {
    /// Lets time pass: nodes beat, units print, and watches that hear nothing end.
    package func advance(to now: Duration) {
        state.withLock { state in
            state.now = max(state.now, now)
            let talks = state.chatter.linesPerSecond > 0
            if talks { chat(&state) }
            for (name, due) in state.due where talks || due <= now { advance(name, &state) }
        }
    }

    private func advance(_ name: String, _ state: inout State) {
        for id in state.nodes[name]?.watches.keys.sorted() ?? [] {
            state.nodes[name]?.watches[id]?.hasRoom = state.channels[id]?.hasRoom ?? false
        }
        for id in state.nodes[name]?.advance(to: state.now, epoch: Self.epoch(state.now)) ?? [] {
            state.close(id, on: name)
        }
        state.deliver(from: name)
        state.due[name] = state.nodes[name]?.due
    }

    /// From now on every unit that serves prints so many lines a second.
    package func chat(linesPerSecond: Double) {
        change { $0.chatter.set(linesPerSecond, at: $0.now) }
    }

    /// A unit of the newest generation prints something.
    package func print(_ bytes: [UInt8], by unit: NodeRank) {
        change { state in
            guard let planned = plan.unit(unit), let generation = state.gathered else { return }
            state.print(bytes, by: UnitKey(generation: generation, nodeRank: unit), on: planned.node.name)
        }
    }

    /// Whether whoever follows a unit keeps up with it.
    package func hasRoom(for unit: NodeRank) -> Bool {
        state.withLock { state in
            let node = plan.unit(unit).flatMap { state.nodes[$0.node.name] }
            return node?.watches.keys.allSatisfy { state.channels[$0]?.hasRoom ?? true } ?? true
        }
    }

    /// Bytes of open watches: those that were read, and those of logs that were skipped because nobody read in time.
    package var traffic: (read: Int, skipped: Int) {
        state.withLock { state in
            let follows = state.nodes.values.flatMap(\.watches.values).flatMap(\.follows.values)
            return (state.channels.values.reduce(0) { $0 + $1.readCount }, follows.reduce(0) { $0 + $1.skipped })
        }
    }

    /// What a busy unit prints in turn.
    package func busyLines(of unit: NodeRank) -> [[UInt8]] { busy[unit] ?? [] }

    private func chat(_ state: inout State) {
        guard let generation = state.gathered else { return }
        for unit in plan.units {
            let key = UnitKey(generation: generation, nodeRank: unit.nodeRank)
            guard state.nodes[unit.node.name]?.units[key]?.isRunning ?? false else { continue }
            let bytes = state.chatter.due(unit.nodeRank, busy[unit.nodeRank] ?? [], at: state.now)
            if !bytes.isEmpty { state.nodes[unit.node.name]?.units[key]?.log.append(bytes) }
        }
    }
}
