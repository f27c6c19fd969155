import MusterPlan
import MusterSpec
import MusterTesting
import Testing

@testable import MusterDoctor

@Suite("The report as a page")
struct PageTests {
    private func page(_ fleet: Fleet, _ examined: String? = nil) throws -> String {
        DoctorPage(try fleet.report(), inventories: fleet.inventories, examined: examined).html
    }

    private func expectSound(_ html: String, sourceLocation: SourceLocation = #_sourceLocation) -> MarkupReader {
        let reader = MarkupReader(html)
        #expect(reader.fault == nil, sourceLocation: sourceLocation)
        let loading = ["script", "link", "img", "iframe", "object", "embed", "base", "form", "a", "use", "image"]
        #expect(Set(reader.elements).isDisjoint(with: loading), sourceLocation: sourceLocation)
        #expect(
            Set(reader.attributes.keys).isDisjoint(with: ["href", "src", "style", "onload"]),
            sourceLocation: sourceLocation
        )
        for text in ["http://", "https://", "url(", "@import", "javascript:"] {
            #expect(!html.contains(text), "\(text)", sourceLocation: sourceLocation)
        }
        let ids = reader.attributes["id"] ?? []
        #expect(Set(ids).count == ids.count, sourceLocation: sourceLocation)
        for list in reader.attributes["aria-labelledby"] ?? [] {
            #expect(list.split(separator: " ").allSatisfy { ids.contains(String($0)) }, sourceLocation: sourceLocation)
        }
        return reader
    }

    @Test("the reference case reads as recorded")
    func reference() throws {
        var fleet = ReferenceTests.fleet
        fleet.connect { way in
            if way.to == "gpu-1", way.from == "gpu-4" { way.ephemeral = .value(.timedOut) }
            if way.to == "gpu-2", way.from == "gpu-3" { way.packets = .notAsked }
        }
        let html = try page(fleet, "4 nodes, fast set")
        _ = expectSound(html)
        expectGolden(html, "doctor-page")
        #expect(html == (try page(fleet, "4 nodes, fast set")))
        // A mail takes it, and a fold of the page is not what a browser waits for.
        #expect(html.utf8.count < 64 << 10)
    }

    @Test("the worst node is drawn openly, and those that look alike once")
    func drawings() throws {
        let fleet = ReferenceTests.fleet
        let page = DoctorPage(try fleet.report(), inventories: fleet.inventories)
        #expect(page.machines.map(\.nodes) == [["gpu-3"], ["gpu-1", "gpu-2", "gpu-4"]])
        let reader = expectSound(page.html)
        #expect(reader.elements.count { $0 == "svg" } == 2)
        #expect(reader.elements.count { $0 == "details" } == 1)
        // Role, title and description for who cannot see it.
        #expect(reader.attributes["role"]?.filter { $0 == "img" }.count == 2)
        #expect(reader.elements.count { $0 == "desc" } == 2)
    }

    @Test("a healthy cluster says so")
    func healthy() throws {
        var fleet = Fleet()
        fleet.connect { _ in }
        let html = try page(fleet)
        let reader = expectSound(html)
        #expect(html.contains("<h1>demo: <span class=\"verdict good\">nothing found</span>"))
        #expect(html.contains("<p>4 nodes, cluster file <code>cluster.yaml</code></p>"))
        #expect(!reader.elements.contains("article") && !html.contains("class=\"key ghost\""))
    }

    @Test("consequences are folded below their cause, with all they say")
    func consequences() throws {
        var fleet = Fleet()
        fleet.machines[2].gpus.removeLast()
        fleet.machines[2].kernelLog.append("[   99.100000] NVRM: Xid (PCI:0000:da:00): 79, GPU has fallen off the bus.")
        fleet.machines[1].inventory.clock = .unknown("no `date` with nanoseconds")
        let report = try fleet.report()
        let html = try page(fleet)
        let reader = expectSound(html)
        #expect(reader.elements.count { $0 == "article" } == report.groups.count)
        #expect(html.contains("<summary>explains 1 more finding</summary>"))
        for group in report.groups {
            for finding in [group.root] + group.consequences { #expect(html.contains("\(finding.code)")) }
        }
        #expect(html.contains("<h2>Not known</h2>"))
    }

    @Test("the line of the file stands beside the change")
    func line() throws {
        var fleet = Fleet()
        fleet.line("rdma_gid_index", "rdma_gid_index: 2")
        let html = try page(fleet)
        #expect(html.contains("<dt>line</dt><dd>cluster.yaml:5:"))
        #expect(html.contains("<dd>write <code>rdma_gid_index: 3</code></dd>"))
    }

    @Test("what a node says is never markup")
    func escaping() throws {
        let evil = #"<script>alert("1")</script>&'"><img src=x onerror=a>"#
        var fleet = Fleet()
        fleet.all { machine in
            machine.cards[0].name = "<script>"
            machine.cards[0].netdev = "a\"b'c&d"
            machine.inventory.clock = .unknown(evil + "\u{1b}[31m\u{202e}\u{0}")
        }
        fleet.machines[0].gpus[0]["name"] = "<svg onload=a>"
        fleet.machines[0].modules = []
        let html = DoctorPage(
            try fleet.report(),
            inventories: fleet.inventories,
            examined: evil
        ).html
        let reader = expectSound(html)
        #expect(reader.attributes["onload"] == nil && reader.attributes["onerror"] == nil)
        #expect(html.contains("&lt;script&gt;:1"))
        #expect(html.contains("a&quot;b&#39;c&amp;d"))
        #expect(
            !html.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x202e || $0.value == 0x7f }
        )
    }

    @Test("a hundred nodes stay readable and small: one drawing, and pairs instead of a grid")
    func large() throws {
        var fleet = Fleet()
        fleet.connect { _ in }
        let model = try fleet.report()
        let names = (1...100).map { "gpu-\($0)" }
        let inventory = try #require(fleet.inventories["gpu-1"])
        fleet.line("tp_size", "tp_size: 800")
        fleet.file = fleet.file.split(separator: "\n").flatMap { line -> [String] in
            if line == "nodes:" {
                return ["nodes:"] + (1...100).map { "  - {host: 10.0.0.\($0), name: gpu-\($0)}" }
            }
            return line.hasPrefix("  - ") ? [] : [String(line)]
        }.joined(separator: "\n")
        let checked = fleet.checked
        let address = try #require(IPAddress("10.0.0.1"))
        let ways = names.flatMap { from in
            names.filter { $0 != from }.map { to in
                ReachabilityGrid.Way(
                    from: from,
                    to: to,
                    address: address,
                    rendezvous: .value(from == "gpu-7" && to == "gpu-9" ? .refused : .open),
                    ephemeral: .value(.open),
                    packets: .value(.passed(9000))
                )
            }
        }
        let inventories = Dictionary(uniqueKeysWithValues: names.map { ($0, inventory) })
        let grid = ReachabilityGrid(ways: ways)
        let report = DoctorReport(
            Examination(
                spec: try #require(checked.spec),
                plans: checked.plans,
                inventories: inventories,
                grid: grid
            ),
            name: model.name,
            file: model.file,
            inventories: inventories,
            grid: grid
        )
        let html = DoctorPage(report, inventories: inventories).html
        let reader = expectSound(html)
        #expect(reader.elements.count { $0 == "svg" } == 1)
        #expect(html.contains("9899 of 9900 ordered pairs of nodes reach each other."))
        #expect(html.contains("<th scope=\"row\">gpu-7</th><td>gpu-9</td><td class=\"bad\">no rendezvous</td>"))
        #expect(html.utf8.count < 256 << 10)
    }
}
