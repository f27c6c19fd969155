import MusterPlan
import MusterRuntime
import MusterSpec

/// How units live: alone until all are there, then together, and none without the others.
extension SimulatedEngine {
    /// Units of a node that were started have workers and print their first lines.
    func begin(_ node: String, _ state: inout SimulatedCluster.State) {
        let begun = state.nodes[node]?.begun ?? []
        state.nodes[node]?.begun = []
        for key in begun {
            guard let unit = plan.unit(key.nodeRank), let launcher = state.nodes[node]?.units[key]?.launcher else {
                continue
            }
            for rank in unit.ranks {
                guard let worker = state.nodes[node]?.spawn(under: launcher.pid, title(rank)) else { continue }
                state.nodes[node]?.units[key]?.workers.append(worker)
            }
            state.print(alone(unit), by: key, on: node)
        }
    }

    /// A generation of which every unit runs comes up. One that has lost a unit does not come up again.
    func gather(_ state: inout SimulatedCluster.State) {
        guard let generation = state.nodes.values.map(\.highest).max(), generation > 0, state.gathered != generation,
            isWhole(generation, state)
        else { return }
        state.gathered = generation
        for unit in plan.units {
            let key = UnitKey(generation: generation, nodeRank: unit.nodeRank)
            state.print(together(unit), by: key, on: unit.node.name)
        }
    }

    /// Every unit of the generation runs with all its workers.
    func isWhole(_ generation: Int, _ state: SimulatedCluster.State) -> Bool {
        plan.units.allSatisfy { unit in
            let key = UnitKey(generation: generation, nodeRank: unit.nodeRank)
            guard let found = state.nodes[unit.node.name]?.units[key] else { return false }
            return found.isRunning && found.workers.count == unit.ranks.count
        }
    }

    /// The head of a generation that has come up, on this node, which answers HTTP for as long as it lives.
    func serves(_ node: String, _ state: SimulatedCluster.State) -> Bool {
        guard let generation = state.gathered, plan.units.first?.node.name == node else { return false }
        let key = UnitKey(generation: generation, nodeRank: NodeRank(0))
        return state.nodes[node]?.units[key]?.isRunning ?? false
    }

    /// What the API answers to a request; nothing while bytes of it are missing, and to a generation for which a rank
    /// is missing: engines wait for it.
    func respond(_ request: [UInt8], _ state: SimulatedCluster.State) -> [UInt8]? {
        let text = String(decoding: request, as: UTF8.self)
        guard let head = text.firstRange(of: "\r\n\r\n") else { return nil }
        let length = text[..<head.lowerBound].split(whereSeparator: \.isNewline)
            .first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.drop { !$0.isNumber }) }
        guard text[head.upperBound...].utf8.count >= length ?? 0 else { return nil }
        let body: String
        if text.hasPrefix("POST") {
            guard let generation = state.gathered, isWhole(generation, state) else { return nil }
            body = #"{"choices":[{"text":"1"}]}"#
        } else {
            body = #"{"data":[{"id":"simulated"}]}"#
        }
        return Array("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
    }
}

extension SimulatedCluster.State {
    mutating func print(_ text: String, by key: UnitKey, on node: String) {
        print(Array(text.utf8), by: key, on: node)
    }

    /// A unit prints something, and who follows it gets it.
    mutating func print(_ bytes: [UInt8], by key: UnitKey, on node: String) {
        nodes[node]?.units[key]?.log.append(bytes)
        for id in nodes[node]?.watches.keys.sorted() ?? [] {
            nodes[node]?.watches[id]?.hasRoom = channels[id]?.hasRoom ?? false
            nodes[node]?.look(at: key, for: id)
        }
    }
}
