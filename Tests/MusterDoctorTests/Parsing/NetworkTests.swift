import MusterSpec
import Testing

@testable import MusterDoctor

@Suite("Interfaces and routes")
struct NetworkTests {
    @Test("ip addr, with and without its indent")
    func text() throws {
        let lines = [
            "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000",
            "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00", "    inet 127.0.0.1/8 scope host lo",
            "       valid_lft forever preferred_lft forever",
            "2: ens1f0@if3: <BROADCAST,MULTICAST,UP> mtu 9000 qdisc mq master bond0 state DOWN group default qlen 1000",
            "    link/ether 02:00:00:00:00:05 brd ff:ff:ff:ff:ff:ff", "    altname enp26s0f0",
            "    inet 10.0.0.5/24 metric 100 brd 10.0.0.255 scope global dynamic ens1f0",
            "    inet6 fe80::ff:fe00:5/64 scope link noprefixroute ",
        ]
        let interfaces = try NetworkInterfaces.read(bytes(lines.joined(separator: "\n"))).require()
        #expect(interfaces.interfaces.map(\.name) == ["lo", "ens1f0"])
        let card = try #require(interfaces.interface("ens1f0"))
        #expect(card.mtu == 9000 && card.state == "DOWN" && card.master == "bond0" && !card.isUp)
        #expect(card.linkType == "ether" && card.hardwareAddress == "02:00:00:00:00:05")
        #expect(card.addresses.map(\.address) == [IPAddress("10.0.0.5"), IPAddress("fe80::ff:fe00:5")])
        #expect(card.addresses.map(\.prefixLength) == [24, 64] && card.addresses.map(\.scope) == ["global", "link"])
        let flat = lines.map { $0.drop { $0 == " " } }.joined(separator: "\n")
        #expect(try NetworkInterfaces.read(bytes(flat)).require() == interfaces)
    }

    @Test("ip -j addr")
    func json() throws {
        let text = #"""
            [{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"operstate":"UNKNOWN",
            "link_type":"loopback","address":"00:00:00:00:00:00","addr_info":[{"family":"inet","local":"127.0.0.1",
            "prefixlen":8,"scope":"host","label":"lo"}]},{},{"ifindex":7,"ifname":"ibs3","mtu":2044}]
            """#
        let interfaces = try NetworkInterfaces.read(bytes(text)).require().interfaces
        #expect(interfaces.map(\.name) == ["lo", "ibs3"] && interfaces.map(\.mtu) == [65536, 2044])
        #expect(interfaces[0].isUp && interfaces[0].addresses.map(\.prefixLength) == [8])
        #expect(NetworkInterfaces.read(bytes(#"[{"ifname":"a"}]"#)).damage?.reason == .malformed)
        #expect(NetworkInterfaces.read(bytes("[{")).damage?.line == 2)
    }

    @Test(
        "addresses that are none",
        arguments: ["inet 10.0.0.5.6/24", "inet 10.0.0.5/33", "inet", "inet6 10.0.0.5/24", "inet 10.0.0.5/2x"]
    )
    func badAddress(line: String) {
        let damage = NetworkInterfaces.read(bytes("2: a: <UP> mtu 1500", "    " + line)).damage
        #expect(damage?.line == 2 && damage?.reason == .malformed)
    }

    @Test("routes in both forms, and one with several ways")
    func routes() throws {
        let text = bytes(
            "default via 10.0.0.254 dev bond0 proto dhcp src 10.0.0.5 metric 100",
            "10.1.0.0/16 dev ens1 proto kernel scope link mtu 4200",
            "unreachable 10.9.0.0/16 metric 7",
            "10.2.0.0/16 proto static",
            "\tnexthop via 10.0.0.1 dev a weight 1",
            "\tnexthop via 10.0.0.2 dev b weight 1"
        )
        let routes = try Routes.read(text).require().routes
        #expect(routes.map(\.destination) == ["default", "10.1.0.0/16", "10.9.0.0/16", "10.2.0.0/16", "10.2.0.0/16"])
        #expect(routes.map(\.interface) == ["bond0", "ens1", nil, "a", "b"])
        #expect(
            routes[0].gateway?.text == "10.0.0.254" && routes[0].source?.text == "10.0.0.5" && routes[0].metric == 100
        )
        #expect(routes[1].mtu == 4200 && routes[2].type == "unreachable")
        let got = try Routes.read(bytes("10.0.0.2 dev eth0 src 10.0.0.5 uid 0 ", "    cache ")).require().routes
        #expect(got.count == 1 && got[0].source?.text == "10.0.0.5" && got[0].gateway == nil)
        let json = #"[{"dst":"10.0.0.2","dev":"eth0","prefsrc":"10.0.0.5","flags":[],"uid":0,"cache":[]}]"#
        #expect(try Routes.read(bytes(json)).require().routes == got)
        #expect(Routes.read(bytes("RTNETLINK answers: Network is unreachable")).damage?.reason == .failed)
    }

    @Test("bonds and their members")
    func bonds() throws {
        let bond = [
            "Ethernet Channel Bonding Driver: v5.15.0-112-generic", "",
            "Bonding Mode: IEEE 802.3ad Dynamic link aggregation",
            "MII Status: up", "", "802.3ad info", "LACP active: on", "", "Slave Interface: ens1f0", "MII Status: up",
            "Speed: 100000 Mbps", "Link Failure Count: 2", "", "Slave Interface: ens1f1", "MII Status: down",
            "Speed: Unknown",
        ]
        let one = try Bonds.read(bytes(bond.joined(separator: "\n"))).require().bonds
        #expect(one.count == 1 && one[0].name == nil && one[0].isUp == true)
        #expect(one[0].mode == "IEEE 802.3ad Dynamic link aggregation")
        #expect(one[0].members.map(\.name) == ["ens1f0", "ens1f1"] && one[0].members.map(\.isUp) == [true, false])
        #expect(one[0].members.map(\.speed) == [100_000, nil] && one[0].members[0].linkFailures == 2)
        let two = ["==> /proc/net/bonding/bond0 <=="] + bond + ["", "==> /proc/net/bonding/bond1 <=="] + bond
        #expect(try Bonds.read(bytes(two.joined(separator: "\n"))).require().bonds.map(\.name) == ["bond0", "bond1"])
    }
}
