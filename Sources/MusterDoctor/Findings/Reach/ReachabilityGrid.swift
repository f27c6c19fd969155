package import MusterSpec

/// The ways between nodes, as the second round of the probe found them: one entry for each ordered pair.
package struct ReachabilityGrid: Hashable, Sendable {
    /// What became of a TCP connection to a port that the probe itself listens on meanwhile.
    package enum Connection: Hashable, Sendable {
        case open
        /// Answered with a reset: a firewall that rejects.
        case refused
        /// Not answered: a firewall that drops, or no way there.
        case timedOut
        /// The kernel knows no way, in its words.
        case unreachable(String)
    }

    /// What became of 64 KiB over a TCP connection, which fill packets of the full size that both ends agree on.
    package enum Packets: Hashable, Sendable {
        /// Arrived; the kernel sends packets of at most so many bytes on this way.
        case passed(Int)
        /// The way takes at most so many bytes, where something said so.
        case tooLong(limit: Int?)
        case lost
    }

    /// What a node knows about the way to one peer.
    package struct Way: Hashable, Sendable {
        package let from: String
        package let to: String
        /// The address of the peer that was tried.
        package let address: IPAddress
        /// The interface that packets leave over.
        package var interface: Known<String>
        package var rendezvous: Known<Connection>
        package var ephemeral: Known<Connection>
        package var packets: Known<Packets>

        package init(
            from: String,
            to: String,
            address: IPAddress,
            interface: Known<String> = .notAsked,
            rendezvous: Known<Connection> = .notAsked,
            ephemeral: Known<Connection> = .notAsked,
            packets: Known<Packets> = .notAsked
        ) {
            self.from = from
            self.to = to
            self.address = address
            self.interface = interface
            self.rendezvous = rendezvous
            self.ephemeral = ephemeral
            self.packets = packets
        }
    }

    /// What could not be found out, by the node that it lies with.
    package struct Gap: Hashable, Sendable {
        package enum Part: Hashable, Sendable {
            /// All ways from the node, or to it.
            case ways
            /// Whether others reach its rendezvous port.
            case rendezvous
        }

        package let node: String
        package let part: Part
        package let reason: String

        package init(node: String, part: Part, reason: String) {
            self.node = node
            self.part = part
            self.reason = reason
        }
    }

    private struct Pair: Hashable {
        let from: String
        let to: String
    }

    package let ways: [Way]
    package let gaps: [Gap]
    private let positions: [Pair: Int]

    package init(ways: [Way], gaps: [Gap] = []) {
        self.ways = ways
        self.gaps = gaps
        let pairs = ways.map { Pair(from: $0.from, to: $0.to) }
        positions = Dictionary(zip(pairs, ways.indices), uniquingKeysWith: { first, _ in first })
    }

    /// What one node knows about the way to another.
    package func way(from: String, to: String) -> Way? { positions[Pair(from: from, to: to)].map { ways[$0] } }
}

extension ReachabilityGrid.Connection: CustomStringConvertible {
    package var description: String {
        switch self {
        case .open: "open"
        case .refused: "refused"
        case .timedOut: "no answer"
        case .unreachable(let reason): reason
        }
    }
}

extension ReachabilityGrid.Packets: CustomStringConvertible {
    package var description: String {
        switch self {
        case .passed(let size): "\(size) bytes pass"
        case .tooLong(let limit): limit.map { "at most \($0) bytes pass" } ?? "too long for the way"
        case .lost: "lost"
        }
    }
}
