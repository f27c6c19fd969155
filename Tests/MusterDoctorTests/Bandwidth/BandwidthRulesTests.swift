import MusterSpec
import Testing

@testable import MusterDoctor

@Suite("What figures of bandwidth come to")
struct BandwidthRulesTests {
    /// What a cluster comes to whose meetings say this. Two cards of 100 Gb/s a node allow 25 GB/s.
    private func report(
        _ fleet: Fleet = Fleet(),
        _ text: (BandwidthRound.Kind, [String], inout BandwidthText) -> Void
    ) throws -> BandwidthReport {
        var course = try fleet.course()
        course.hold(text)
        return BandwidthReport(course, fabric: try fleet.examine().fabric)
    }

    /// The time of the large message at so many GB/s, in microseconds.
    private static func time(_ speed: Double, ranks: Int) -> Double {
        Double(256 << 20) / speed / 1000 * BandwidthSize.share(ranks: ranks)
    }

    private static func ranks(_ nodes: [String]) -> Int { nodes.count * 8 }

    @Test("healthy nodes: figures, a proven way, and nothing else")
    func healthy() throws {
        let report = try report { _, nodes, text in text.large = Self.time(22, ranks: Self.ranks(nodes)) }
        #expect(report.findings == [] && !report.isOfProcessors)
        #expect(report.transports.map(\.text) == ["NET/IB, GDR 8/8 on all nodes"])
        #expect(report.transports.first?.counters["gpu-2"]?.text == "4 GiB by RDMA, 1 MiB by bond0")
    }

    @Test("a node whose own GPUs are slow is named, and one a little slower is not")
    func inside() throws {
        let report = try report { kind, nodes, text in
            let speed = kind != .within ? 18.0 : nodes == ["gpu-3"] ? 15.3 : nodes == ["gpu-2"] ? 15.5 : 22
            text.large = Self.time(speed, ranks: Self.ranks(nodes))
        }
        #expect(report.findings.map(\.code) == [.nodeSlowInside] && report.findings.map(\.nodes) == [["gpu-3"]])
        #expect(report.findings.first?.measured == "15.3 GB/s")
        #expect(report.findings.first?.expected == "at least 15.4 GB/s, 70 % of the 22 that gpu-1 reaches")
        #expect(report.findings.first?.change.hasPrefix("compare with gpu-1: `nvidia-smi topo -m`") == true)
    }

    @Test("a node that is slow with everybody is named once, as the node")
    func node() throws {
        let report = try report { kind, nodes, text in
            let isSlow = kind != .within && nodes.contains("gpu-3")
            text.large = Self.time(isSlow ? 2.5 : 22, ranks: Self.ranks(nodes))
        }
        #expect(report.findings.map(\.code) == [.nodeSlowBetween] && report.findings.map(\.nodes) == [["gpu-3"]])
        #expect(report.findings.first?.measured == "2.5 with gpu-1, 2.5 with gpu-2, 2.5 with gpu-4 GB/s")
        #expect(report.findings.first?.expected == "at least 15.4 GB/s, 70 % of the 22 between gpu-1 and gpu-4")
    }

    @Test("two that are slow with each other only are a pair")
    func pair() throws {
        let report = try report { kind, nodes, text in
            let isSlow = kind == .pairs && nodes == ["gpu-2", "gpu-4"]
            text.large = Self.time(isSlow ? 9 : 22, ranks: Self.ranks(nodes))
        }
        #expect(report.findings.map(\.code) == [.pairSlow] && report.findings.map(\.nodes) == [["gpu-2", "gpu-4"]])
        #expect(report.findings.first?.measured == "9 GB/s")
    }

    @Test("all alike and below what the cards allow, or what goes on within a node where that is less")
    func low() throws {
        let cards = try report { kind, nodes, text in
            text.large = Self.time(kind == .within ? 100 : 17.4, ranks: Self.ranks(nodes))
        }
        #expect(cards.findings.map(\.code) == [.bandwidthLow])
        #expect(cards.findings.first?.nodes.sorted() == ["gpu-1", "gpu-2", "gpu-3", "gpu-4"])
        #expect(cards.findings.first?.measured == "17.4 GB/s between gpu-1 and gpu-4")
        #expect(
            cards.findings.first?.expected == "at least 17.5 GB/s, 70 % of the 25 of the ports in use, 200 Gb/s"
        )
        let inside = try report { kind, nodes, text in
            text.large = Self.time(kind == .within ? 20 : 14.1, ranks: Self.ranks(nodes))
        }
        #expect(inside.findings == [])
        let all = try report { kind, nodes, text in
            text.large = Self.time(kind == .all ? 9 : 22, ranks: Self.ranks(nodes))
        }
        #expect(all.findings.map(\.code) == [.bandwidthLow] && all.findings.first?.measured == "9 GB/s over all ranks")
        #expect(all.findings.first?.expected == "at least 15.4 GB/s, 70 % of the 22 that the GPUs reach within a node")
    }

    @Test("nodes without ports are promised nothing")
    func portless() throws {
        var fleet = Fleet()
        fleet.all { $0.cards = [] }
        fleet.line("rdma_gid_index", "")
        let report = try report(fleet) { kind, nodes, text in
            text.large = Self.time(kind == .within ? 20 : 1.1, ranks: Self.ranks(nodes))
            (text.way, text.network) = ("NET/Socket/0", "Socket")
        }
        #expect(report.findings == [] && report.transports.map(\.text) == ["NET/Socket on all nodes"])
    }

    @Test("traffic over TCP is the cause of a low bandwidth, with what was counted")
    func sockets() throws {
        let fleet = Fleet()
        let bandwidth = try report(fleet) { kind, nodes, text in
            text.large = Self.time(kind == .within ? 20 : 1.1, ranks: Self.ranks(nodes))
            (text.way, text.network, text.rdma, text.tcp) = ("NET/Socket/0", "Socket", 0, 3 << 30)
        }
        #expect(bandwidth.findings.map(\.code) == [.trafficOverSockets, .bandwidthLow])
        #expect(
            bandwidth.findings.first?.measured
                == "NET/Socket in the logs of 8 ranks, `NET/IB : No device found`; all nodes sent 0 B by RDMA and "
                + "12 GiB by TCP during the measurement"
        )
        let report = DoctorReport(
            try fleet.examine(),
            name: "demo",
            file: "cluster.yaml",
            inventories: fleet.inventories,
            bandwidth: bandwidth
        )
        #expect(report.groups.map(\.root.code) == [.trafficOverSockets] && report.errorCount == 1)
        #expect(report.groups.first?.consequences.map(\.code) == [.bandwidthLow])
        #expect(report.nodes.map(\.errors) == [1, 1, 1, 1])
    }

    @Test("CPUs are measured where torch knows no GPU, and nothing is made of it")
    func processors() throws {
        let report = try report { _, nodes, text in
            (text.backend, text.large) = ("gloo", nodes.contains("gpu-3") ? 9_000_000 : 500_000)
        }
        #expect(report.isOfProcessors && report.findings == [] && report.transports == [])
    }

    @Test("a pair that fails again and again is the node that is in all of them")
    func failures() throws {
        var fleet = Fleet()
        fleet.all { $0.gpus = Array($0.gpus.prefix(1)) }
        fleet.line("tp_size", "tp_size: 4")
        fleet.line("rdma_gid_index", "rdma_gid_index: 3\ngpus_per_node: 1")
        var course = try fleet.course()
        while let (kind, meetings) = course.next() {
            for members in meetings {
                let isLost = members.contains { $0.name == "gpu-3" }
                var answers: [String: Known<BandwidthAnswer>] = [:]
                for (place, member) in members.enumerated() {
                    let warning = "@@n rank \(place) said socket.cpp: nobody answers"
                    let stuck = BandwidthText.broken([place: "connect"], warning, end: "late")
                    let whole = BandwidthText(ranks: place...place, large: 11_000).answer
                    answers[member.name] = .value(isLost ? stuck : whole)
                }
                course.take(kind, members, answers)
            }
        }
        let report = BandwidthReport(course, fabric: try fleet.examine().fabric)
        #expect(report.findings.map(\.code) == [.measurementFailed] && report.findings.map(\.nodes) == [["gpu-3"]])
        #expect(
            report.findings.first?.measured
                == "2 ranks of gpu-2, gpu-3: rank 0 is still connecting to the other ranks, and said "
                + "`socket.cpp: nobody answers` last"
        )
        #expect(report.measurements.last?.outcome == .notTried("gpu-2 and gpu-3 failed before"))
    }
}
