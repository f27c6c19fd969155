import MusterSpec

/// Which slot of a GID table carries traffic, and why another does not.
package enum GIDChoice {
    /// What is to be said about one slot as the value of `NCCL_IB_GID_INDEX`.
    package enum Judgement: String, Sendable {
        /// RoCE v2 with an IPv4 address, or any GID of an InfiniBand port.
        case usable
        /// RoCE v2 with an IPv6 address: works only with `NCCL_IB_ADDR_FAMILY=AF_INET6`.
        case ipv6
        /// RoCE v1 does not pass a router.
        case version1 = "v1"
        case linkLocal = "link-local"
        /// RoCE v2 with an address of 169.254.0.0/16: nobody assigned one.
        case unassigned
        case unknownVersion = "unknown version"
        /// There is no such slot, or it is empty.
        case absent
    }

    /// Judges a slot of a port.
    package static func judge(_ index: Int, of port: RDMAPort) -> Judgement {
        guard let entry = port.gids.first(where: { $0.index == index }), !entry.gid.isEmpty else { return .absent }
        // On InfiniBand the subnet manager's prefix is the default one: link-local is how it looks.
        if port.linkLayer == .infiniBand { return .usable }
        if entry.gid.isLinkLocal { return .linkLocal }
        switch entry.kind {
        case .roceV1: return .version1
        case nil: return .unknownVersion
        case .roceV2:
            guard let address = entry.gid.ipv4 else { return .ipv6 }
            return address.isLinkLocal ? .unassigned : .usable
        }
    }

    /// The slot that traffic can use: the lowest RoCE v2 with an IPv4 address, or 0 of an InfiniBand port.
    package static func usable(of port: RDMAPort) -> Int? {
        port.gids.map(\.index).sorted().first { judge($0, of: port) == .usable }
    }

    /// The slot that NCCL 2.21 and later takes when `NCCL_IB_GID_INDEX` is not set and nothing else is either: the
    /// address family is IPv4 and the RoCE version is 2. The rule is `ncclIbGetGidIndex` of net_ib/connect.cc, slot by
    /// slot; a fabric without IPv4 ends at 0, which is link-local on most cards, and fails.
    ///
    /// On InfiniBand it is 0: slot 1 counts only with a routable FLID, which the tables here do not show.
    package static func automatic(of port: RDMAPort) -> Int {
        guard port.linkLayer != .infiniBand else { return 0 }
        var entries: [Int: GIDEntry] = [:]
        for entry in port.gids { entries[entry.index] = entry }
        var chosen = 0
        for candidate in port.gids.map(\.index).sorted() where candidate > 0 {
            guard let next = entries[candidate], next.gid.isIPv4Family else { continue }
            let current = entries[chosen]
            if current?.gid.isIPv4Family != true {
                // The first of the wanted family wins provisionally, whatever its version.
                chosen = candidate
            } else if !next.gid.isEmpty, current?.kind != next.kind, next.kind == .roceV2 {
                chosen = candidate
            }
        }
        return chosen
    }
}
