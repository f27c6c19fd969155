import MusterSpec

/// Whether the interface that ranks meet over is the right one.
enum InterfaceRules {
    static let all: [ClusterRule] = [named, Rules.each(members)]

    /// A bond goes on with the members that are up. Only bonds that ranks use matter.
    static func members(_ node: ExaminedNode) -> [Finding] {
        let used = Set([node.chosenInterface].compactMap(\.self) + node.usedPorts.compactMap(\.netdev))
        return (node.inventory.bonds.value?.bonds ?? []).flatMap { bond -> [Finding] in
            guard let name = bond.name, used.contains(name), bond.members.contains(where: { $0.isUp == true }) else {
                return []
            }
            let down = bond.members.filter { $0.isUp == false }.map(\.name)
            guard !down.isEmpty else { return [] }
            return [
                node.finding(
                    .interfaceDown,
                    .warning,
                    on: name,
                    "members of the bond are down",
                    measured: "\(Names.list(down)) of \(Names.count(bond.members.count, "member"))",
                    expected: "all members up",
                    change: "look at the cable of \(Names.list(down)) and at the switch port, "
                        + "and run `ip link set dev \(down[0]) up`",
                    at: node.tcpInterface?.span
                )
            ]
        }
    }

    /// The worst thing that is wrong with the interface, alone: the others follow from it.
    static func named(_ cluster: ExaminedCluster) -> [Finding] {
        cluster.nodes.flatMap { node -> [Finding] in
            guard let interfaces = node.inventory.interfaces.value else { return [] }
            guard let setting = node.tcpInterface else { return unnamed(node) }
            // Looks at every node, and is asked for only where something is wrong.
            func edit() -> FileEdit? { cluster.edit("tcp_iface", of: node) { $0.addressOwner?.name } }
            // NCCL takes a list, in which each node finds its own.
            let names = Cut.split(setting.value, UInt8(ascii: ","))
            let found = names.compactMap(interfaces.interface)
            guard let interface = found.first(where: { $0.name == node.addressOwner?.name }) ?? found.first else {
                return [absent(node, setting, interfaces, edit())]
            }
            var findings: [Finding] = []
            if !interface.isUp, interface.linkType != "loopback" { findings.append(down(node, interface, setting)) }
            let owns = node.spec.address.map { address in interface.addresses.contains { $0.address == address } }
            if owns != true, let reason = unreachable(node, interface) {
                findings.append(virtual(node, interface, setting, reason, edit()))
            }
            if owns == false { findings.append(stranger(node, interface, setting, edit())) }
            return findings
        }
    }

    /// Names of interfaces that lead to no other machine (NCCL leaves out the first three by itself).
    static let virtualPrefixes = ["docker", "virbr", "veth", "br-", "cni", "flannel", "cali", "lxc"]

    private static func unreachable(_ node: ExaminedNode, _ interface: NetworkInterfaces.Interface) -> String? {
        if interface.linkType == "loopback" || interface.name == "lo" { return "the loopback" }
        if let prefix = virtualPrefixes.first(where: interface.name.hasPrefix) {
            return "a virtual interface (`\(prefix)...`)"
        }
        if node.inventory.interfaceFacts[interface.name]?.isBridge == true { return "a bridge" }
        let addresses = interface.addresses.map(\.address)
        // Every interface has a link-local address of IPv6.
        if !addresses.isEmpty, addresses.allSatisfy(\.isLinkLocal) {
            return "an interface with link-local addresses only"
        }
        return nil
    }

    private static func absent(
        _ node: ExaminedNode,
        _ setting: ExaminedNode.Setting<String>,
        _ interfaces: NetworkInterfaces,
        _ edit: FileEdit?
    ) -> Finding {
        node.finding(
            .interfaceNotFound,
            on: setting.value,
            "the node has no such interface",
            measured: "interfaces \(Names.list(interfaces.interfaces.map(\.name)))",
            expected: "`\(setting.value)`",
            change: change(node, edit),
            at: setting.span,
            edit: edit
        )
    }

    private static func down(
        _ node: ExaminedNode,
        _ interface: NetworkInterfaces.Interface,
        _ setting: ExaminedNode.Setting<String>
    ) -> Finding {
        let isOff = !interface.flags.contains("UP")
        return node.finding(
            .interfaceDown,
            on: interface.name,
            "the interface is down",
            measured: isOff ? "switched off" : "no carrier",
            expected: "UP with a carrier",
            change: isOff
                ? "run `ip link set dev \(interface.name) up`"
                : "look at the cable of \(interface.name) and its switch port",
            at: setting.span
        )
    }

    private static func virtual(
        _ node: ExaminedNode,
        _ interface: NetworkInterfaces.Interface,
        _ setting: ExaminedNode.Setting<String>,
        _ reason: String,
        _ edit: FileEdit?
    ) -> Finding {
        node.finding(
            .interfaceNotReachable,
            on: interface.name,
            "the interface leads to no other node",
            measured: reason,
            expected: "the interface that owns the node's address",
            change: change(node, edit),
            at: setting.span,
            edit: edit
        )
    }

    private static func stranger(
        _ node: ExaminedNode,
        _ interface: NetworkInterfaces.Interface,
        _ setting: ExaminedNode.Setting<String>,
        _ edit: FileEdit?
    ) -> Finding {
        let addresses = interface.addresses.filter { !$0.address.isIPv6 }.map(\.address.text)
        return node.finding(
            .addressNotOnInterface,
            on: interface.name,
            "the interface does not own the node's address",
            measured: addresses.isEmpty ? "no IPv4 address" : addresses.joined(separator: ", "),
            expected: node.spec.address?.text,
            change: change(node, edit),
            at: setting.span,
            edit: edit
        )
    }

    private static func change(_ node: ExaminedNode, _ edit: FileEdit?) -> String {
        if let edit { return edit.words }
        guard let address = node.spec.address else {
            return "name the interface that `ip -brief addr` shows on the node"
        }
        return "no interface of the node has \(address): correct its `address`, or give it to an interface"
    }

    /// Without `tcp_iface` it is the address that has to be there.
    private static func unnamed(_ node: ExaminedNode) -> [Finding] {
        guard let address = node.spec.address, node.addressOwner == nil else { return [] }
        return [
            node.finding(
                .addressNotOnInterface,
                on: address.text,
                "no interface owns the node's address",
                measured: Names.list(
                    (node.inventory.interfaces.value?.interfaces ?? []).flatMap(\.addresses).map(\.address)
                        .filter { !$0.isIPv6 && !$0.isLoopback }.map(\.text)
                ),
                expected: address.text,
                change: "write the node's own address, as `ip -brief addr` shows it there",
                at: node.spec.span
            )
        ]
    }
}
