import Foundation
import MusterSpec
import Testing

extension LabScenarios {
    /// What `muster doctor --deep` measures between real hosts, with a torch that stands in.
    @Suite(.serialized, .lab(hosts: 4), .enabled(if: LabMode.hasNamespaces, LabMode.why))
    struct DeepDoctorTestsSerial {
        private func measure(
            _ lab: Lab,
            hosts: Int = 4,
            _ environment: [String: String] = [:],
            gpus: Int = 2,
            inContainers: Bool = false,
            limit: Int = 30
        ) async throws -> DeepAnswer {
            var cluster = ClusterText(hosts: Array(lab.hosts.prefix(hosts)), gpus: gpus)
            cluster.environment.merge(environment) { $1 }
            if inContainers { cluster.more = ["runtime: {docker: {image: \"lmsysorg/sglang:v0.5.9\"}}"] }
            let deployment = try Deployment(cluster, on: lab)
            let words = try await deployment.muster(
                "doctor",
                "--deep",
                "--yes",
                "--fast",
                "--deep-limit",
                "\(limit)",
                "--format",
                "json"
            )
            try await expectNoRanks(lab)
            return try DeepAnswer(words)
        }

        /// Ranks end with the connection, and the watcher after them.
        private func expectNoRanks(_ lab: Lab) async throws {
            try await eventually("no rank is left", within: .seconds(5)) { lab.hosts.allSatisfy { $0.ranks.isEmpty } }
        }

        @Test("healthy machines: figures of all rounds, a proven path, and no finding", arguments: [false, true])
        func healthy(inContainers: Bool) async throws {
            let lab = try Lab.current
            try await lab.makeMachines()
            let answer = try await measure(lab, inContainers: inContainers)
            #expect(answer.code == 0 && answer.findings.isEmpty, "\(answer.findings)")
            let deep = try #require(answer.deep)
            #expect(deep.measurements.map(\.kind).filter { $0 == "within" }.count == 4)
            #expect(deep.measurements.filter { $0.kind == "pairs" }.count == 6)
            #expect(deep.measurements.last?.kind == "all" && deep.measurements.last?.ranks == 8)
            for measurement in deep.measurements {
                // The stand-in lets through 2 GB/s at most.
                let speed = measurement.largeBusBandwidth ?? 0
                #expect(measurement.tool == "torch" && measurement.backend == "nccl" && speed > 1 && speed <= 2)
                #expect(measurement.smallUs ?? 0 > 0)
            }
            #expect(deep.transports.map(\.text) == ["NET/IB, GDR 2/2 on all nodes"])
            // Of six large messages each node has sent 7/4 in a ring of eight ranks, all of it counted by its ports.
            for node in deep.transports[0].nodes {
                #expect(node.rdmaBytes > 6 * 7 << 26 && node.rdmaBytes < 7 * 7 << 26 && node.interface == "bond0")
                #expect(node.interfaceBytes ?? 0 > 1 << 20 && node.interfaceBytes ?? .max < node.rdmaBytes / 50)
            }
        }

        @Test("a host behind a slow port is named, as the host and not as its pairs")
        func slow() async throws {
            let lab = try Lab.current
            try await lab.makeMachines()
            try await lab.fault(lab[3], "switch-slow")
            let answer = try await measure(lab, gpus: 1)
            #expect(answer.code == 1)
            #expect(answer.findings.map(\.code) == [DiagnosticCode.nodeSlowBetween.description], "\(answer.findings)")
            #expect(answer.findings.map(\.nodes) == [["node3"]])
            #expect(answer.findings.first?.measured?.contains("with node1") == true)
        }

        @Test("a rank that dies is named with its host and its last word, and the other hosts are measured")
        func death() async throws {
            let lab = try Lab.current
            try await lab.makeMachines()
            try lab[2].fail("rank=1,phase=measure,log=CUDA error: an illegal memory access was encountered")
            let answer = try await measure(lab)
            #expect(answer.code == 1)
            #expect(answer.findings.map(\.code) == [DiagnosticCode.measurementFailed.description], "\(answer.findings)")
            #expect(answer.findings.map(\.nodes) == [["node2"]])
            #expect(answer.findings.first?.measured?.contains("rank 1 failed while reducing 256 MiB") == true)
            #expect(answer.findings.first?.measured?.contains("an illegal memory access was encountered") == true)
            let pairs = try #require(answer.deep).measurements.filter { $0.kind == "pairs" }
            #expect(pairs.filter { $0.largeBusBandwidth != nil }.map(\.nodes).count == 3)
            #expect(pairs.filter { $0.notTried == "node2 failed before" }.count == 3)
        }

        @Test("a rank that hangs costs its round the limit, and is named")
        func hang() async throws {
            let lab = try Lab.current
            try await lab.makeMachines()
            try lab[2].fail("phase=measure,hang=1")
            let answer = try await measure(lab, hosts: 2, limit: 4)
            #expect(answer.findings.map(\.code) == [DiagnosticCode.measurementFailed.description], "\(answer.findings)")
            #expect(answer.findings.map(\.nodes) == [["node2"]])
            #expect(answer.findings.first?.measured?.contains("rank 0 is still reducing 256 MiB") == true)
        }

        @Test("traffic over TCP beside ports that could carry it is found, with what was counted")
        func sockets() async throws {
            let lab = try Lab.current
            try await lab.makeMachines()
            let answer = try await measure(lab, hosts: 2, ["STANDIN_NCCL": "socket"])
            #expect(
                answer.findings.map(\.code) == [DiagnosticCode.trafficOverSockets.description],
                "\(answer.findings)"
            )
            #expect(answer.findings.first?.nodes == ["node1", "node2"])
            #expect(answer.findings.first?.measured?.contains("all nodes sent 0 B by RDMA and ") == true)
        }

        @Test("cards in use: nothing is measured, and it is said on which host and by whom")
        func inUse() async throws {
            let lab = try Lab.current
            try await lab.makeMachines()
            try await lab.fault(lab[3], "gpu-tenant")
            let answer = try await measure(lab)
            #expect(answer.code == 1 && answer.deep == nil)
            #expect(answer.notMeasured?.code == DiagnosticCode.measurementNotMade.description)
            #expect(answer.notMeasured?.details.count == 1)
            let text = answer.notMeasured?.details.first ?? ""
            #expect(text.hasPrefix("node3: GPUs are held by another process: pid ") && text.contains("/home/ada/train"))
        }

        @Test("without a terminal and without --yes nothing is done at all")
        func refused() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts), on: lab)
            let words = try await deployment.muster("doctor", "--deep")
            words.ends(2, says: "--deep loads all GPUs and asks first", "hint: give --yes as well")
            #expect(words.out.isEmpty)
        }

        @Test("a muster that is killed leaves no rank on any host")
        func killed() async throws {
            let lab = try Lab.current
            try await lab.makeMachines()
            for host in lab.hosts { try host.fail("phase=measure,hang=1") }
            let deployment = try Deployment(ClusterText(hosts: lab.hosts, gpus: 2), on: lab)
            _ = try await deployment.muster("doctor", "--deep", "--yes", "--fast") { running in
                try await eventually("all ranks run", within: .seconds(30)) {
                    lab.hosts.allSatisfy { $0.ranks.count >= 3 }
                }
                running.signal(SIGKILL)
            }
            try await expectNoRanks(lab)
        }
    }
}

extension LabHost {
    /// Processes of a measurement: a watcher and its ranks.
    fileprivate var ranks: [HostProcess] {
        processes.filter { process in
            process.command.contains("-c") && process.command.contains { $0.hasPrefix("import sys; exec(") }
        }
    }
}
