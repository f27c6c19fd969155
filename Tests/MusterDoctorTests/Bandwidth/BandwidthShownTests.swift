import MusterSpec
import MusterTesting
import Testing

@testable import MusterDoctor

@Suite("How a measurement is shown")
struct BandwidthShownTests {
    private func report() throws -> DoctorReport {
        let fleet = Fleet()
        var course = try fleet.course()
        course.hold { kind, nodes, text in
            let isSlow = kind != .within && nodes.contains("gpu-3")
            let speed = kind == .within ? 23.4 : isSlow ? 2.3 : 21.8
            text.large = Double(256 << 20) / speed / 1000 * BandwidthSize.share(ranks: nodes.count * 8)
            text.small = kind == .within ? 31.2 : 58.7
        }
        let examination = try fleet.examine()
        return DoctorReport(
            examination,
            name: "demo",
            file: "cluster.yaml",
            inventories: fleet.inventories,
            bandwidth: BandwidthReport(course, fabric: examination.fabric)
        )
    }

    @Test("as text: within nodes, a grid of pairs, all ranks, and the way")
    func text() throws {
        let lines = try report().bandwidthSections.map(\.lines).joined(separator: [""])
        expectGolden(lines.joined(separator: "\n") + "\n", "doctor-deep")
        #expect(try report().lines.contains { $0.hasPrefix("error[MUS0904] gpu-3: the node is slow") })
    }

    @Test("as JSON, below `deep`")
    func json() throws {
        let deep = try #require(try report().json["deep"])
        expectGolden(deep.pretty + "\n", "doctor-deep-json")
        #expect(try Fleet().report().json["deep"] == .null)
    }

    @Test("as part of the page")
    func page() throws {
        let report = try report()
        let html = DoctorPage(report, inventories: Fleet().inventories).html
        #expect(MarkupReader(html).fault == nil)
        #expect(html.contains("<h2>Bandwidth</h2>") && html.contains("<td class=\"bad\">2.3, 58.7 us</td>"))
        #expect(!DoctorPage(try Fleet().report(), inventories: [:]).html.contains("Bandwidth"))
    }

    @Test("figures have as many digits as were measured")
    func digits() {
        #expect(Amount.speed(0.424) == "0.42" && Amount.speed(21.34) == "21.3" && Amount.speed(470.6) == "471")
    }
}
