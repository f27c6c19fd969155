import MusterSpec
import Testing

extension LabScenarios {
    /// Four machines of eight GPUs and three RDMA cards, and what is wrong with one of them.
    @Suite(.serialized, .lab(hosts: 4), .enabled(if: LabMode.hasNamespaces, LabMode.why))
    struct DoctorTestsSerial {
        @Test("what is planted is found, with node, code and change, and nothing else is", arguments: PlantedFault.all)
        func fault(_ fault: PlantedFault) async throws {
            let lab = try Lab.current
            try await lab.makeMachines()
            for plant in fault.plants { try await lab.fault(lab[plant.host], plant.name) }
            let answer = try await examine(lab, inContainers: fault.inContainers)
            var rest = answer.findings
            var found = 0
            for expected in fault.expected {
                let index = rest.firstIndex { finding in
                    finding.code == expected.code.description && finding.nodes == expected.nodes
                        && finding.change.contains(expected.change)
                }
                if let index {
                    rest.remove(at: index)
                    found += 1
                } else {
                    Issue.record("no \(expected.code) of \(expected.nodes), `\(expected.change)`: \(answer.findings)")
                }
            }
            #expect(rest.isEmpty, "told besides")
            FindingLedger.shared.add(
                planted: fault.expected.count,
                found: found,
                told: answer.findings.count,
                elapsed: answer.elapsed
            )
        }

        @Test("machines with nothing wrong: nothing is found", arguments: [false, true])
        func healthy(inContainers: Bool) async throws {
            let lab = try Lab.current
            try await lab.makeMachines()
            let answer = try await examine(lab, inContainers: inContainers)
            #expect(answer.findings.isEmpty)
            #expect(answer.errors == 0 && answer.warnings == 0)
        }

        @Test("the report of the mis-cabled machine draws the card under the wrong switch, and where it should be")
        func page() async throws {
            let lab = try Lab.current
            try await lab.makeMachines()
            for plant in PlantedFault.miscabled.plants { try await lab.fault(lab[plant.host], plant.name) }
            let deployment = try Deployment(ClusterText(hosts: lab.hosts, gpus: 8), on: lab)
            let file = "\(Lab.scratch)/report.html"
            let checked = try await deployment.muster("doctor", "--html", file)
            checked.ends(1, says: "error[MUS0824] node3")
            let page = Files.text(file)
            // Whole, and with nothing that is somewhere else.
            #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
            for word in ["src=", "href=", "url(", "@import", "<script"] { #expect(!page.contains(word), "\(word)") }
            for finding in PlantedFault.miscabled.expected { #expect(page.contains("\(finding.code)")) }
            // The worst machine is drawn first: two kinds of it, one with the card moved.
            let figures = page.split(separator: "<figure>").dropFirst()
            #expect(figures.count == 2 && figures.first?.contains("<figcaption>node3: ") == true)
            #expect(figures.map { $0.contains("misplaced") } == [true, false])
            #expect(page.contains("its place on the other nodes") && page.contains("port down or disabled"))
            #expect(page.contains("From the node of the row to the node of the column"))
        }

        private func examine(_ lab: Lab, inContainers: Bool) async throws -> DoctorAnswer {
            var cluster = ClusterText(hosts: lab.hosts, gpus: 8)
            if inContainers { cluster.more = ["runtime: {docker: {image: \"lmsysorg/sglang:v0.5.9\"}}"] }
            let deployment = try Deployment(cluster, on: lab)
            let answer = try DoctorAnswer(await deployment.muster("doctor", "--format", "json"))
            #expect(answer.format == "muster.doctor/1")
            return answer
        }
    }
}
