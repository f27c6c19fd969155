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
