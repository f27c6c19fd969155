/// Meetings that are held at the same time: no node is in two of them.
package struct BandwidthRound: Hashable, Sendable {
    package enum Kind: String, Sendable {
        /// The GPUs of one node.
        case within
        /// All GPUs of two nodes.
        case pairs
        /// All GPUs of a gang.
        case all
    }

    package let kind: Kind
    /// Names of nodes, in rank order.
    package let meetings: [[String]]

    /// Up to here all pairs of a gang are measured. Beyond it their number grows with the square, and neighbours on a ring
    /// are measured, which is how a reduction goes, too.
    static let mostForAllPairs = 8

    /// What is measured in gangs, in order. A node with one GPU has nothing within, and two nodes are all there is.
    static func all(_ gangs: [[(node: String, gpus: Int)]]) -> [BandwidthRound] {
        let within = gangs.flatMap(\.self).filter { $0.gpus > 1 }.map { [$0.node] }
        let tournaments = gangs.filter { $0.count > 2 }.map { pairs($0.map(\.node)) }
        let whole = gangs.filter { $0.count > 1 }.map { $0.map(\.node) }
        let slots = (0..<(tournaments.map(\.count).max() ?? 0)).map { slot in
            BandwidthRound(kind: .pairs, meetings: tournaments.flatMap { slot < $0.count ? $0[slot] : [] })
        }
        let rounds = [BandwidthRound(kind: .within, meetings: within)] + slots + [.init(kind: .all, meetings: whole)]
        return rounds.filter { !$0.meetings.isEmpty }
    }

    /// Slots of pairs.
    private static func pairs(_ nodes: [String]) -> [[[String]]] {
        nodes.count <= mostForAllPairs ? tournament(nodes) : neighbours(nodes)
    }

    /// Everybody meets everybody once: the first stays, the others go round, and who meets nobody has a pause.
    private static func tournament(_ nodes: [String]) -> [[[String]]] {
        var seats = nodes.indices.map(Optional.some) + (nodes.count % 2 == 0 ? [] : [nil])
        return (1..<seats.count).map { _ in
            let slot = (0..<(seats.count / 2)).compactMap { place -> [String]? in
                guard let one = seats[place], let other = seats[seats.count - 1 - place] else { return nil }
                return [nodes[min(one, other)], nodes[max(one, other)]]
            }
            seats.insert(seats.removeLast(), at: 1)
            return slot
        }
    }

    private static func neighbours(_ nodes: [String]) -> [[[String]]] {
        let last = nodes.count - 1
        let even = stride(from: 0, to: last, by: 2).map { [nodes[$0], nodes[$0 + 1]] }
        let odd = stride(from: 1, to: last, by: 2).map { [nodes[$0], nodes[$0 + 1]] }
        let closing = [nodes[0], nodes[last]]
        // With an even number the last and the first are free while the odd ones meet.
        return last % 2 == 1 ? [even, odd + [closing]] : [even, odd, [closing]]
    }
}
