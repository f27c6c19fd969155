/// One port of an RDMA device. What the program did not say is nothing.
package struct RDMAPort: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        case down, initializing, armed, active
        /// A word that no driver here prints.
        case other(String)

        /// Reads `4: ACTIVE`, `PORT_ACTIVE (4)`, `Active`, `ACTIVE`.
        init(_ text: String) {
            switch RDMAPort.word(text) {
            case "DOWN": self = .down
            case "INIT", "INITIALIZING", "INITIALIZE": self = .initializing
            case "ARMED": self = .armed
            case "ACTIVE": self = .active
            default: self = .other(text)
            }
        }
    }

    /// What the cable says.
    package enum PhysicalState: Hashable, Sendable {
        /// No cable, or nobody at its other end.
        case polling
        /// Down by the hand of an administrator: `ip link set up`.
        case disabled
        case linkUp
        case other(String)

        /// Reads `5: LinkUp`, `LINK_UP (5)`, `LinkUp`, `LINK_UP`.
        init(_ text: String) {
            switch RDMAPort.word(text) {
            case "POLLING": self = .polling
            case "DISABLED": self = .disabled
            case "LINKUP": self = .linkUp
            default: self = .other(text)
            }
        }
    }

    package enum LinkLayer: String, Sendable {
        /// RoCE.
        case ethernet = "Ethernet"
        case infiniBand = "InfiniBand"
    }

    /// 1-based.
    package let number: Int
    package var state: State?
    package var physicalState: PhysicalState?
    /// In Gb/s. A port that is down shows a default such as 10 or 40: look at the state first.
    package var rate: Double?
    package var linkLayer: LinkLayer?
    /// In bytes.
    package var activeMTU: Int?
    package var maxMTU: Int?
    package var netdev: String?
    /// Whether the interface is up. An InfiniBand port without IPoIB has one that is down, which is normal.
    package var isNetdevUp: Bool?
    /// In order of their indices.
    package var gids: [GIDEntry] = []
    /// `port_xmit_data` counts in units of four bytes.
    package var counters: [String: UInt64] = [:]
    /// What else the program said, by its own names.
    package var attributes: [String: String] = [:]

    package init(number: Int) { self.number = number }

    /// Whether NCCL uses it: it leaves out, without a word, every port that is not ACTIVE.
    package var isActive: Bool { state == .active }

    /// The word of `4: ACTIVE`, `PORT_ACTIVE (4)` and `LINK_UP (5)`, in capitals without underscores.
    fileprivate static func word(_ text: String) -> String {
        let plain = Cut.around(": ", in: text)?.after ?? Cut.around(" (", in: text)?.before ?? text
        let upper = plain.uppercased()
        let short = upper.hasPrefix("PORT_") ? String(upper.dropFirst(5)) : upper
        return short.filter { $0 != "_" }
    }
}

extension RDMAPort.State: CustomStringConvertible {
    package var description: String {
        switch self {
        case .down: "DOWN"
        case .initializing: "INIT"
        case .armed: "ARMED"
        case .active: "ACTIVE"
        case .other(let text): text
        }
    }
}

extension RDMAPort.PhysicalState: CustomStringConvertible {
    package var description: String {
        switch self {
        case .polling: "Polling"
        case .disabled: "Disabled"
        case .linkUp: "LinkUp"
        case .other(let text): text
        }
    }
}
