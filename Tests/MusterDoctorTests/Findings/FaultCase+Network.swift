import MusterSpec

@testable import MusterDoctor

extension FaultCase {
    private static let everywhere = ["gpu-1", "gpu-2", "gpu-3", "gpu-4"]

    static let network: [FaultCase] = [
        FaultCase(
            title: "another name on one node",
            code: .interfaceNotFound,
            subject: "bond0",
            measured: "interfaces lo, bond1, docker0",
            change: "write `tcp_iface: bond1` for this node",
            line: 4,
            edit: FileEdit(path: ["nodes", "2", "tcp_iface"], value: "bond1"),
            hides: [.routeOverOtherInterface]
        ) { fleet in
            fleet.machines[2].interfaces[1].name = "bond1"
            for peer in fleet.machines[2].inventory.ways.keys {
                fleet.machines[2].inventory.ways[peer]?.interface = "bond1"
            }
        },
        FaultCase(
            title: "no carrier",
            code: .interfaceDown,
            subject: "bond0",
            measured: "no carrier",
            change: "cable of bond0",
            line: 4
        ) { $0.machines[2].interfaces[1].flags = "NO-CARRIER,UP" },
        FaultCase(
            title: "an interface with another address",
            code: .addressNotOnInterface,
            subject: "eth1",
            measured: "192.168.7.3",
            change: "write `tcp_iface: bond0` for this node",
            line: 10,
            edit: FileEdit(path: ["nodes", "2", "tcp_iface"], value: "bond0"),
            hides: [.routeOverOtherInterface]
        ) { fleet in
            fleet.line("  - {host: 10.0.0.3", "  - {host: 10.0.0.3, name: gpu-3, tcp_iface: eth1}")
            fleet.machines[2].interfaces.append(("eth1", "UP,LOWER_UP", 9000, "192.168.7.3"))
        },
        FaultCase(
            title: "docker's bridge, by the file",
            code: .interfaceNotReachable,
            nodes: everywhere,
            subject: "docker0",
            measured: "a virtual interface (`docker...`)",
            change: "write `tcp_iface: bond0`",
            line: 4,
            edit: FileEdit(path: ["tcp_iface"], value: "bond0"),
            hides: [.addressNotOnInterface, .routeOverOtherInterface, .rendezvousUnreachable]
        ) { fleet in
            fleet.line("tcp_iface", "tcp_iface: docker0")
            fleet.connect { way in way.rendezvous = .value(.timedOut) }
        },
        FaultCase(
            title: "the own name is the loopback, and nobody says which interface",
            code: .hostnameIsLoopback,
            nodes: ["gpu-3"],
            subject: "gpu-3",
            measured: "127.0.1.1",
            change: "tcp_iface: bond0",
            line: 10,
            edit: FileEdit(path: ["tcp_iface"], value: "bond0"),
            isFileWrong: true
        ) { fleet in
            fleet.line("tcp_iface", "# no interface")
            for index in [0, 1, 3] {
                fleet.machines[index].host { $0.ownAddresses = [.known("10.0.0.1")] }
            }
        },
        FaultCase(
            title: "the API's port is taken",
            code: .portInUse,
            nodes: ["gpu-1"],
            subject: "port 8000",
            measured: "127.0.0.1:8000, uid 33",
            change: "ss -ltnp",
            line: 13
        ) {
            $0.machines[0].inventory.listeners = .value([Listener(address: .known("127.0.0.1"), port: 8000, uid: 33)])
        },
        FaultCase(
            title: "the kernel hands the port out",
            code: .portHandedOut,
            severity: .warning,
            nodes: ["gpu-1"],
            subject: "port 8000",
            measured: "5001 to 65000",
            change: "below 5001",
            line: 13
        ) { fleet in fleet.machines[0].host { $0.ephemeralPorts = 5001...65000 } },
    ]

    static let members: [FaultCase] = [
        FaultCase(
            title: "one of two members of the bond is down",
            code: .interfaceDown,
            severity: .warning,
            subject: "bond0",
            measured: "eno2 of 2 members",
            change: "the cable of eno2",
            line: 4
        ) { fleet in
            fleet.all { $0.bonds = ["bond0": ["eno1": true, "eno2": true], "bond1": ["eno3": true, "eno4": false]] }
            fleet.machines[2].bonds["bond0"]?["eno2"] = false
        }
    ]

    static let ways: [FaultCase] = [
        FaultCase(
            title: "a firewall on the first node",
            code: .rendezvousUnreachable,
            nodes: ["gpu-1"],
            subject: "port 5000",
            measured: "no answer from gpu-2, gpu-3, gpu-4",
            change: "iptables -I INPUT -p tcp -s 10.0.0.2 --dport 5000 -j ACCEPT",
            line: 13
        ) { fleet in
            fleet.connect { way in if way.to == "gpu-1" { way.rendezvous = .value(.timedOut) } }
        },
        FaultCase(
            title: "one node gets out to nobody",
            code: .rendezvousUnreachable,
            subject: "port 5000",
            measured: "no answer to gpu-1, gpu-2, gpu-4",
            change: "outgoing rules of gpu-3",
            line: 13
        ) { fleet in
            fleet.connect { way in if way.from == "gpu-3" { way.rendezvous = .value(.timedOut) } }
        },
        FaultCase(
            title: "a firewall that lets the rendezvous through to the first node only",
            code: .rendezvousUnreachable,
            severity: .warning,
            subject: "port 5000",
            measured: "no answer from gpu-1, gpu-2, gpu-4",
            change: "iptables -I INPUT -p tcp -s 10.0.0.1 --dport 5000 -j ACCEPT",
            line: 13
        ) { fleet in fleet.connect { way in if way.to == "gpu-3" { way.rendezvous = .value(.timedOut) } } },
        FaultCase(
            title: "a firewall that lets nothing through to one node",
            code: .peerPortsClosed,
            subject: "ephemeral ports",
            measured: "no answer from gpu-1, gpu-2, gpu-4",
            change: "iptables -I INPUT -p tcp -s 10.0.0.1 -j ACCEPT"
        ) { fleet in
            fleet.connect { way in
                guard way.to == "gpu-3" else { return }
                (way.rendezvous, way.ephemeral) = (.value(.timedOut), .value(.timedOut))
                way.packets = .notAsked
            }
        },
        FaultCase(
            title: "a firewall that lets nothing through to the first node",
            code: .rendezvousUnreachable,
            nodes: ["gpu-1"],
            subject: "port 5000",
            measured: "no answer from gpu-2, gpu-3, gpu-4",
            change: "iptables -I INPUT -p tcp -s 10.0.0.2 --dport 5000 -j ACCEPT",
            line: 13
        ) { fleet in
            fleet.connect { way in
                if way.to == "gpu-1" { (way.rendezvous, way.ephemeral) = (.value(.timedOut), .value(.timedOut)) }
            }
        },
        FaultCase(
            title: "a node whose firewall lets nothing in or out",
            code: .rendezvousUnreachable,
            subject: "port 5000",
            measured: "no answer from and to gpu-1, gpu-2, gpu-4",
            change: "iptables -I INPUT -p tcp -s 10.0.0.1 --dport 5000 -j ACCEPT",
            line: 13
        ) { fleet in
            fleet.connect { way in
                guard way.to == "gpu-3" || way.from == "gpu-3" else { return }
                (way.rendezvous, way.ephemeral) = (.value(.timedOut), .value(.timedOut))
            }
        },
        FaultCase(
            title: "only the rendezvous port is open",
            code: .peerPortsClosed,
            subject: "ephemeral ports",
            measured: "refused from gpu-1, gpu-2, gpu-4",
            change: "iptables -I INPUT -p tcp -s 10.0.0.1 -j ACCEPT"
        ) { fleet in fleet.connect { way in if way.to == "gpu-3" { way.ephemeral = .value(.refused) } } },
        FaultCase(
            title: "a switch that cuts big packets",
            code: .bigPacketsLost,
            subject: "bond0",
            measured: "at most 1500 bytes pass from gpu-1, gpu-2, gpu-4",
            change: "set one MTU on bond0"
        ) { fleet in
            fleet.connect { way in if way.to == "gpu-3" { way.packets = .value(.tooLong(limit: 1500)) } }
        },
        FaultCase(
            title: "big packets pass neither to nor from one node",
            code: .bigPacketsLost,
            subject: "bond0",
            measured: "lost from and to gpu-1, gpu-2, gpu-4",
            change: "set one MTU on bond0"
        ) { fleet in
            fleet.connect { way in if way.to == "gpu-3" || way.from == "gpu-3" { way.packets = .value(.lost) } }
        },
        FaultCase(
            title: "packets leave over the management network",
            code: .routeOverOtherInterface,
            severity: .warning,
            subject: "eno1",
            measured: "`eno1` to gpu-1, gpu-2, gpu-4",
            change: "correct the route",
            line: 4
        ) { fleet in
            for peer in fleet.machines[2].inventory.ways.keys {
                fleet.machines[2].inventory.ways[peer]?.interface = "eno1"
            }
        },
        FaultCase(
            title: "no way to one node",
            code: .routeOverOtherInterface,
            subject: "bond0",
            measured: "no route to gpu-1",
            change: "`ip route` and `ip rule`",
            line: 4
        ) { fleet in
            fleet.machines[2].inventory.ways["10.0.0.1"]?.type = "unreachable"
            fleet.machines[2].inventory.ways["10.0.0.1"]?.interface = nil
            fleet.connect { way in
                if way.from == "gpu-3", way.to == "gpu-1" {
                    way.rendezvous = .value(.unreachable("No route to host"))
                    way.interface = .notAsked
                } else if way.from == "gpu-1", way.to == "gpu-3" {
                    way.rendezvous = .value(.timedOut)
                }
            }
        },
    ]
}
