/// The report as one HTML document: it loads nothing, runs nothing, and reads on a phone, in print and in the dark.
package struct DoctorPage: Sendable {
    let report: DoctorReport
    let examined: String?
    let machines: [Machine]

    /// Nodes that look alike when drawn, with their drawing.
    struct Machine: Sendable {
        var nodes: [String]
        let drawing: TopologyDrawing
        let gpus: String?
    }

    /// What was looked at, and when, stands below the heading in the caller's words: `4 nodes, fast set, 2026-03-01
    /// 12:00 UTC`.
    package init(_ report: DoctorReport, inventories: [String: NodeInventory], examined: String? = nil) {
        self.report = report
        self.examined = examined
        machines = Self.machines(report, inventories)
    }

    /// The document. The same report gives the same bytes.
    package var html: String {
        var markup = Markup()
        markup.writeVerbatim("<!DOCTYPE html>\n")
        markup.element("html", ["lang": "en"]) { markup in
            markup.element("head") { writeHead(&$0) }
            markup.element("body") { markup in
                markup.element("header") { writeHeader(&$0) }
                markup.element("main") { markup in
                    writeFindings(&markup)
                    writeMachines(&markup)
                    writeTables(&markup)
                }
                markup.element("footer") { markup in
                    markup.element("p") { markup in
                        markup.write("Written by ")
                        markup.element("code", text: "muster doctor")
                        markup.write("; ")
                        markup.element("code", text: "muster explain CODE")
                        markup.write(" says more about a finding.")
                    }
                }
            }
        }
        return markup.text
    }

    private func writeHead(_ markup: inout Markup) {
        markup.empty("meta", ["charset": "utf-8"])
        markup.empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        // Whatever a node's answer should manage to put here, a browser neither runs nor fetches it.
        markup.empty(
            "meta",
            ["http-equiv": "Content-Security-Policy", "content": "default-src 'none'; style-src 'unsafe-inline'"]
        )
        markup.empty("meta", ["name": "color-scheme", "content": "light dark"])
        markup.element("title", text: "\(report.name): \(report.verdict)")
        markup.element("style") { $0.writeVerbatim(Self.style) }
    }

    private func writeHeader(_ markup: inout Markup) {
        markup.element("h1") { markup in
            markup.write(report.name)
            markup.write(": ")
            let tone = report.hasErrors ? "bad" : report.groups.isEmpty ? "good" : "doubtful"
            markup.element("span", ["class": "verdict \(tone)"], text: report.verdict)
        }
        let nodes = Names.count(report.nodes.count, "node")
        markup.element("p") { markup in
            markup.write("\(examined ?? nodes), cluster file ")
            markup.element("code", text: report.file)
        }
    }

    private func writeTables(_ markup: inout Markup) {
        writeTable(&markup, "Nodes", "The nodes at a glance", [report.nodeSection])
        writeTable(&markup, "Fabric", "Every RDMA port of every node, and its use", report.fabricSections)
        writeGrid(&markup)
        writeTable(&markup, "Bandwidth", "All-reduce of two sizes", report.bandwidthSections)
        writeTable(&markup, "Not known", "What could not be judged", report.unknownSections)
    }

    private func writeTable(
        _ markup: inout Markup,
        _ title: String,
        _ caption: String,
        _ sections: [DocumentSection]
    ) {
        guard !sections.isEmpty else { return }
        markup.element("section") { markup in
            markup.element("h2", text: title)
            for section in sections { markup.table(section, caption: caption) }
        }
    }
}
