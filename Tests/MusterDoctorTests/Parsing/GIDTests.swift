import MusterSpec
import Testing

@testable import MusterDoctor

@Suite("GID tables")
struct GIDTests {
    @Test("GIDs in all their spellings")
    func spellings() throws {
        let full = try #require(GID("0000:0000:0000:0000:0000:ffff:0a07:000c"))
        #expect(full == GID("::ffff:10.7.0.12"))
        #expect(full == GID("::ffff:a07:c"))
        #expect(full.ipv4?.text == "10.7.0.12")
        #expect(full.description == "0000:0000:0000:0000:0000:ffff:0a07:000c")
        let local = try #require(GID("fe80::211:22ff:fe33:4455"))
        #expect(local.isLinkLocal && local.ipv4 == nil)
        #expect(GID("::")?.isEmpty == true)
        #expect(GID("fd02:0:0:58::1") == GID("fd02:0000:0000:0058:0000:0000:0000:0001"))
        for text in [
            "", ":", "1:2:3", "1::2::3", "g::", "12345::", "::1.2.3", "::1.2.3.4.5", "1:2:3:4:5:6:7:8:9", "0x1::",
        ] {
            #expect(GID(text) == nil, "\(text)")
        }
    }

    private func port(
        _ slots: [(Int, String, GIDEntry.Kind?)],
        _ layer: RDMAPort.LinkLayer? = .ethernet
    ) throws -> RDMAPort {
        var port = RDMAPort(number: 1)
        port.linkLayer = layer
        port.gids = try slots.map { index, gid, kind in
            GIDEntry(index: index, gid: try #require(GID(gid)), kind: kind, netdev: "eth0")
        }
        return port
    }

    @Test("the usual table: link-local in front, RoCE v2 with IPv4 at 3")
    func usual() throws {
        let port = try port([
            (0, "fe80::1:2:3:4", .roceV1), (1, "fe80::1:2:3:4", .roceV2), (2, "::ffff:10.0.0.1", .roceV1),
            (3, "::ffff:10.0.0.1", .roceV2),
        ])
        #expect(GIDChoice.automatic(of: port) == 3 && GIDChoice.usable(of: port) == 3)
        #expect((0...4).map { GIDChoice.judge($0, of: port) } == [.linkLocal, .linkLocal, .version1, .usable, .absent])
    }

    @Test("slots of a container start at 4, a card with v2 only has IPv4 at 1, a second address does not count")
    func others() throws {
        let container = try port([
            (4, "fe80::1", .roceV1), (5, "fe80::1", .roceV2), (6, "::ffff:10.0.0.1", .roceV1),
            (7, "::ffff:10.0.0.1", .roceV2),
        ])
        #expect(GIDChoice.automatic(of: container) == 7)
        let card = try port([(0, "fe80::1", .roceV2), (1, "::ffff:10.0.0.1", .roceV2)])
        #expect(GIDChoice.automatic(of: card) == 1)
        let two = try port([
            (2, "::ffff:10.0.0.1", .roceV1), (3, "::ffff:10.0.0.1", .roceV2), (4, "::ffff:10.0.1.1", .roceV1),
            (5, "::ffff:10.0.1.1", .roceV2),
        ])
        #expect(GIDChoice.automatic(of: two) == 3)
    }

    @Test("where NCCL would fail: no IPv4, v1 only, 169.254")
    func failing() throws {
        let ipv6 = try port([
            (0, "fe80::1", .roceV1), (1, "fe80::1", .roceV2), (2, "fd02::1", .roceV1), (3, "fd02::1", .roceV2),
        ])
        #expect(GIDChoice.automatic(of: ipv6) == 0 && GIDChoice.usable(of: ipv6) == nil)
        #expect(GIDChoice.judge(3, of: ipv6) == .ipv6)
        let old = try port([(0, "fe80::1", .roceV1), (2, "::ffff:10.0.0.1", .roceV1)])
        #expect(GIDChoice.automatic(of: old) == 2 && GIDChoice.judge(2, of: old) == .version1)
        let unassigned = try port([(0, "fe80::1", .roceV1), (3, "::ffff:169.254.3.4", .roceV2)])
        #expect(GIDChoice.automatic(of: unassigned) == 3 && GIDChoice.judge(3, of: unassigned) == .unassigned)
        let empty = try port([])
        #expect(GIDChoice.automatic(of: empty) == 0 && GIDChoice.judge(0, of: empty) == .absent)
    }

    @Test("on InfiniBand slot 0 it is")
    func infiniBand() throws {
        let port = try port([(0, "fe80::c42:a103:11:2233", .roceV1)], .infiniBand)
        #expect(GIDChoice.automatic(of: port) == 0 && GIDChoice.judge(0, of: port) == .usable)
    }

    @Test("a version that nobody read is not taken for v2")
    func unread() throws {
        let port = try port([(0, "fe80::1", nil), (2, "::ffff:10.0.0.1", nil)])
        #expect(GIDChoice.judge(2, of: port) == .unknownVersion && GIDChoice.usable(of: port) == nil)
    }
}
