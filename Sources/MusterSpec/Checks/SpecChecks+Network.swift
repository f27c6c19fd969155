import OrderedCollections

extension SpecChecks {
    // MARK: Addresses

    func addressChecks() -> [Diagnostic] {
        gangs.flatMap { $0.masterChecks() + $0.unknownAddresses() } + sharedAddresses() + interfaceChecks()
    }

    private func masterChecks() -> [Diagnostic] {
        let first = spec.nodes.first { $0.rank?.value == 0 } ?? spec.nodes.first
        guard let master = spec.masterIP else {
            guard spec.nodes.count > 1, let first, first.address == nil, !spec.unreadable.contains("master_ip") else {
                return []
            }
            return [
                Diagnostic(
                    .masterUnknown,
                    "the address of the first node is not known, and `master_ip` is not given",
                    at: first.span,
                    found: "the name `\(first.host)`",
                    expected: "an address the other nodes can reach",
                    hint: spec.replicas.value > 1
                        ? "write `{host: \(first.host), address: ADDRESS}`"
                        : "add `master_ip: ADDRESS`, the address of `\(first.host)` on tcp_iface"
                )
            ]
        }
        // One address for all replicas is a problem of its own.
        guard spec.replicas.value == 1 else { return [] }
        if master.value.isUnspecified || (master.value.isLoopback && spec.nodes.count > 1 && !everyNodeIsLoopback) {
            return [
                Diagnostic(
                    .unusableAddress,
                    "`master_ip` is an address that other nodes cannot reach",
                    at: master.span,
                    found: "`\(master.value)`",
                    expected: "the first node's address on tcp_iface",
                    hint: "write the address that `ip addr` shows on tcp_iface of the first node"
                )
            ]
        }
        // A node known only by name may own any address: only `doctor` can tell.
        let addresses = spec.nodes.compactMap(\.address)
        guard addresses.contains(master.value) else {
            guard addresses.count == spec.nodes.count else { return [] }
            return [
                Diagnostic(
                    .masterIsNoNode,
                    "`master_ip` belongs to no node of the file",
                    at: master.span,
                    found: "`\(master.value)`",
                    expected: first?.address.map { "`\($0)`, the first node" } ?? "the first node's address",
                    hint: first?.address.map { "write `master_ip: \($0)`, or remove the key" } ?? "remove the key"
                )
            ]
        }
        guard let owner = spec.nodes.first(where: { $0.address == master.value }), let first,
            owner.host != first.host || owner.ssh.port != first.ssh.port
        else { return [] }
        return [
            Diagnostic(
                .masterNotFirst,
                "`master_ip` belongs to `\(owner.name)`, which is not node rank 0",
                at: master.span,
                found: "`\(master.value)`",
                expected: first.address.map { "`\($0)`" } ?? "the address of `\(first.name)`",
                notes: [.init(message: "node rank 0 is `\(first.name)`", span: first.span)],
                hint: "put `\(owner.host)` first in `nodes`, or remove `master_ip`"
            )
        ]
    }

    /// Each replica has a first node of its own, so no address can be that of all of them.
    private func sharedAddresses() -> [Diagnostic] {
        guard spec.replicas.value > 1 else { return [] }
        // Loopback is another place on each node, and so is any address.
        let bind = spec.bind.flatMap { $0.value.isUnspecified || $0.value.isLoopback ? nil : $0 }
        return [
            ("master_ip", spec.masterIP, "remove `master_ip`; a first node that has only a name needs its `address`"),
            ("bind", bind, "remove `bind`, or write `bind: 0.0.0.0`"),
        ].compactMap { key, address, hint in
            address.map { address in
                Diagnostic(
                    .addressOfSeveral,
                    "`\(key)` is one address, and each of \(spec.replicas.value) replicas has its own first node",
                    at: address.span,
                    found: "`\(address.value)`",
                    expected: "no `\(key)`",
                    notes: [.init(message: "the replicas are asked for here", span: spec.replicas.span)],
                    hint: hint
                )
            }
        }
    }

    /// The one case where loopback addresses work between nodes: all of them on one machine.
    private var everyNodeIsLoopback: Bool { spec.nodes.allSatisfy { $0.address?.isLoopback ?? false } }

    private func unknownAddresses() -> [Diagnostic] {
        guard spec.nodes.count > 1 else { return [] }
        // The first node's missing address is an error of its own when master_ip is not given either.
        let first = spec.nodes.first { $0.rank?.value == 0 } ?? spec.nodes.first
        let told = spec.masterIP == nil && !spec.unreadable.contains("master_ip") ? first?.span : nil
        return spec.nodes.filter { $0.address == nil && $0.span != told }.map { node in
            Diagnostic(
                .addressUnknown,
                .warning,
                "the address of `\(node.name)` is not in the file, so the engine has to guess its own",
                at: node.span,
                found: "the name `\(node.host)`",
                expected: "an address",
                hint: "write `{host: \(node.host), address: ADDRESS}`"
            )
        } + unusable(spec.nodes)
    }

    private func unusable(_ nodes: [NodeSpec]) -> [Diagnostic] {
        nodes.compactMap { node in
            guard let address = node.address,
                address.isLinkLocal || address.isUnspecified || (address.isLoopback && !everyNodeIsLoopback)
            else { return nil }
            return Diagnostic(
                .unusableAddress,
                "`\(node.name)` has an address that other nodes cannot reach",
                at: node.span,
                found: "`\(address)`",
                expected: "an address on tcp_iface",
                hint: "write the address that `ip addr` shows on tcp_iface of that node"
            )
        }
    }

    // MARK: Interfaces

    private func interfaceChecks() -> [Diagnostic] {
        var problems: [Diagnostic] = []
        let given = [spec.tcpInterface].compactMap { $0 } + spec.nodes.compactMap(\.tcpInterface)
        for name in given {
            if let problem = exclusion(name, key: "tcp_iface") {
                problems.append(problem)
            } else if let prefix = ["docker", "virbr", "veth", "br-", "cni", "flannel"].first(
                where: name.value.hasPrefix
            ) {
                problems.append(
                    Diagnostic(
                        .managementInterface,
                        .warning,
                        "`\(name.value)` looks like a virtual interface that other nodes cannot reach",
                        at: name.span,
                        found: "`\(name.value)` (`\(prefix)...`)",
                        expected: "the interface that owns the node's address",
                        hint: "run `ip -brief addr` on the node and name the interface with its address"
                    )
                )
            }
        }
        let missing = spec.nodes.filter { $0.tcpInterface == nil }
        let isAlone = spec.gangs.allSatisfy { $0.nodes.count <= 1 }
        if !isAlone, spec.tcpInterface == nil, let node = missing.first,
            spec.environment["GLOO_SOCKET_IFNAME"] == nil, !spec.unreadable.contains("tcp_iface")
        {
            problems.append(
                Diagnostic(
                    .interfaceMissing,
                    "no TCP interface is named for `\(node.name)`"
                        + (missing.count > 1 ? " and \(missing.count - 1) more" : ""),
                    at: node.span,
                    expected: "`tcp_iface`, for the file or for each node",
                    hint: "add `tcp_iface: bond0`, with the interface that owns the nodes' addresses"
                )
            )
        }
        return problems
    }

    /// NCCL takes `^lo,docker` and lists; Gloo takes one concrete name and fails with `Unable to find address for: ^lo`.
    func exclusion(_ name: Spanned<String>, key: String) -> Diagnostic? {
        guard name.value.hasPrefix("^") || name.value.contains(",") || name.value.hasPrefix("=") else { return nil }
        let form = name.value.hasPrefix("^") ? "an exclusion pattern" : "a pattern"
        return Diagnostic(
            .glooExclusion,
            "`\(key)` is \(form), which Gloo does not understand",
            at: name.span,
            found: "`\(name.value)`",
            expected: "the name of one interface",
            hint: key == "tcp_iface"
                ? "name one interface; put the pattern into `env: {NCCL_SOCKET_IFNAME: \"\(name.value)\"}` if NCCL needs it"
                : "name one interface, as in `tcp_iface: bond0`"
        )
    }

    // MARK: Ports

    func portChecks() -> [Diagnostic] {
        guard let http = spec.httpPort, let rendezvous = spec.rendezvousPort, http.value == rendezvous.value else {
            return []
        }
        return [
            Diagnostic(
                .portCollision,
                "the HTTP port and the rendezvous port are the same",
                at: rendezvous.span,
                found: "\(rendezvous.value) for both",
                expected: "two different ports",
                notes: [.init(message: "the HTTP port is given here", span: http.span)],
                hint: "choose another port for one of them, for example `rendezvous: 5000`"
            )
        ]
    }
}
