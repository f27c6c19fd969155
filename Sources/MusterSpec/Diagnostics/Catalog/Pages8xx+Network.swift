extension DiagnosticCatalog {
    /// What `doctor` finds about interfaces and the ways between nodes.
    static let networkPages: [DiagnosticPage] = [
        DiagnosticPage(
            .interfaceNotFound,
            "a node has no interface of this name",
            meaning: """
                `tcp_iface` is a name that this node does not have. Names differ between machines, with their slots \
                and their systems. NCCL says that no socket interface was found, Gloo that it is unable to find an \
                address. The finding proposes the interface that owns the node's address.
                """,
            fix: "Write the name for this node: `{host: ..., tcp_iface: NAME}`.",
            message: "gpu-3: bond0: the node has no such interface",
            next: "ssh gpu-3 'ip -brief addr'"
        ),
        DiagnosticPage(
            .interfaceDown,
            "the interface is down",
            meaning: """
                The interface of `tcp_iface` is switched off or has no carrier. Ranks that bind to it wait for each \
                other until they time out. For a bond of which one member is down it is a warning: it works, with \
                less bandwidth and nothing in reserve.
                """,
            fix: "Switch it on, or look at its cable and switch port.",
            message: "gpu-3: bond0: the interface is down",
            next: "ssh gpu-3 'ip link show bond0; ethtool bond0'"
        ),
        DiagnosticPage(
            .addressNotOnInterface,
            "the interface does not own the node's address",
            meaning: """
                The file says how others reach the node, and `tcp_iface` is an interface with another address. Ranks \
                announce the address of the interface, so they meet in one network and talk in another, or not at \
                all. Without a `tcp_iface` it is told where no interface has the address.
                """,
            fix: "Write the interface that owns the address, or the address of the interface.",
            message: "gpu-3: eth1: the interface does not own the node's address",
            next: "ssh gpu-3 'ip -brief addr'"
        ),
        DiagnosticPage(
            .interfaceNotReachable,
            "the interface leads to no other node",
            meaning: """
                The interface is the loopback, belongs to containers or virtual machines, or has link-local \
                addresses only. Its address means something on its own machine alone: every node has a docker0 with \
                the same one. An interface that owns the node's address is never meant here.
                """,
            fix: "Write the interface that owns the node's address.",
            message: "gpu-3: docker0: the interface leads to no other node",
            next: "ssh gpu-3 'ip -brief addr'"
        ),
        DiagnosticPage(
            .hostnameIsLoopback,
            "a node's own name resolves to the loopback",
            meaning: """
                Debian and its relatives write the own name with 127.0.1.1 into /etc/hosts. A library that asks for \
                its own address by name then announces the loopback, and the others connect to themselves. It \
                matters only where no `tcp_iface` is given: with it, Gloo and NCCL are told the interface.
                """,
            fix: "Add `tcp_iface`, or correct /etc/hosts.",
            message: "gpu-3: the node's own name resolves to the loopback, and no `tcp_iface` is given",
            next: "ssh gpu-3 'getent hosts $(hostname)'"
        ),
        DiagnosticPage(
            .portInUse,
            "somebody listens on a port of the deployment",
            meaning: """
                The HTTP port or the rendezvous port of the first node is taken. The engine fails when it binds, \
                which for the HTTP port is after the model was loaded. Often it is what is left of an earlier \
                launch, and then told as such. It is not told while the deployment itself runs.
                """,
            fix: "End who listens, or choose another port.",
            message: "gpu-1: port 8000: somebody listens on the http port",
            next: #"ssh gpu-1 "ss -ltnp 'sport = :8000'""#
        ),
        DiagnosticPage(
            .portHandedOut,
            "the node hands a port out for outgoing connections",
            meaning: """
                The port lies in the range that the kernel of this node takes ports for outgoing connections from. \
                Now and then one of them has it when the engine wants it. The range of this node begins lower than \
                Linux does by itself.
                """,
            fix: "Choose a port below the range, or reserve it with net.ipv4.ip_local_reserved_ports.",
            message: "gpu-1: port 8000: the node hands the http port out for outgoing connections",
            next: "ssh gpu-1 'sysctl net.ipv4.ip_local_port_range'"
        ),
        DiagnosticPage(
            .rendezvousUnreachable,
            "nodes cannot connect to the rendezvous port",
            meaning: """
                A TCP connection to the rendezvous port of the first node was refused or not answered, though a \
                listener waited there. Ranks would wait for each other for minutes and then time out. The finding \
                names the node that has most of the failures, and a firewall rule that would let the others in.
                """,
            fix: "Open the port between the nodes, or all ports between them.",
            message: "gpu-1: port 5000: other nodes cannot connect to the rendezvous port",
            next: "ssh gpu-2 'nc -vz 10.0.0.1 5000'"
        ),
        DiagnosticPage(
            .peerPortsClosed,
            "nodes cannot connect to the ports that NCCL and Gloo choose",
            meaning: """
                The rendezvous port is open and others are not. NCCL and Gloo listen on ports that the kernel hands \
                out, on every node, so all TCP ports have to be open between nodes. The launch would hang right \
                after the ranks have met.
                """,
            fix: "Let the nodes' addresses in on all TCP ports.",
            message: "gpu-3: ephemeral ports: other nodes cannot connect to ports that NCCL and Gloo choose",
            next: "ssh gpu-3 'iptables -S INPUT; nft list ruleset | head -50'"
        ),
        DiagnosticPage(
            .bigPacketsLost,
            "packets of full size do not pass",
            meaning: """
                Packets as big as the interface allows, which may not be cut, are lost on the way. Connections are \
                made, small messages pass, and the first big one hangs. Two interfaces or a switch port between them \
                have different MTUs.
                """,
            fix: "Set one MTU on all interfaces and switch ports of the way.",
            message: "gpu-3: bond0: packets of full size do not pass",
            next: "ssh gpu-1 'ping -M do -s 8972 -c 2 10.0.0.3'"
        ),
        DiagnosticPage(
            .routeOverOtherInterface,
            "packets leave over another interface than ranks bind to",
            meaning: """
                The kernel would send packets for other nodes over another interface than `tcp_iface`. They carry an \
                address that does not belong there, answers come back elsewhere, and filters drop them; or all \
                traffic runs over the management network. It is an error when that interface leads nowhere.
                """,
            fix: "Correct the route, or name the interface that the packets take.",
            message: "gpu-3: eno1: packets to other nodes leave over another interface than ranks bind to",
            next: "ssh gpu-3 'ip route get 10.0.0.1'"
        ),
    ]
}
