import Foundation
import MusterAPI
import Testing

extension LabScenarios {
    /// What a launch says of the way between its nodes.
    @Suite(.serialized, .lab(hosts: 2)) struct TransportTestsSerial {
        private func cluster(_ lab: Lab, _ engine: ClusterText.Engine, _ way: String) -> ClusterText {
            var cluster = ClusterText(engine: engine, hosts: lab.hosts)
            cluster.environment["NCCL_DEBUG"] = "INFO"
            cluster.environment["STANDIN_NCCL"] = way
            return cluster
        }

        @Test("ranks that talk over TCP are a finding of up and of status, and up is ready all the same")
        func sockets() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(cluster(lab, .sglang, "socket"), on: lab)
            let up = try await deployment.bringUp()
            let finding = "[MUS0896]: node1, node2: traffic between nodes runs over TCP"
            up.ends(0, says: "transport: NET/Socket on all nodes", finding, "hint: run `muster doctor`")
            let status = try await deployment.muster("status")
            status.ends(0, says: "\ntransport NET/Socket on all nodes  MUS0896: traffic between nodes runs over TCP\n")
            let adopted = try await deployment.muster("up", "--format", "json")
            let transport = try transport(adopted)
            #expect(transport["verdict"] as? String == "bad" && adopted.code == 0)
            #expect((transport["findings"] as? [[String: Any]])?.compactMap { $0["code"] as? String } == ["MUS0896"])
            try await deployment.takeDown()
        }

        @Test("RDMA from GPU memory is one line, and in no event or status is it anything else")
        func rdma() async throws {
            let lab = try Lab.current
            let keeper = try await Keeper(cluster(lab, .vllm, "ib"), on: lab)
            let deployment = try Deployment(keeper.cluster, on: lab, environment: ["MUSTERD_SOCKET": keeper.socket])
            let line = "NET/IB, GDR 2/2 on all nodes"
            let up = try await deployment.muster("up")
            up.ends(0, says: "transport: \(line)\n", "ready in")
            #expect(!up.text.contains("MUS089"))
            try await eventually("the daemon has told it") {
                try await keeper.events().contains { $0.kind == "transportProven" && $0.text == "transport: \(line)" }
            }
            keeper.crash()
            try await keeper.start()
            try await keeper.state("ready")
            try await deployment.muster("status").ends(0, says: "\ntransport \(line)\n")
            try await deployment.muster("down").ends(0, says: "is down")
            await lab.expectNothingLeft()
        }

        @Test("ranks that say nothing are unknown, and status says how to have it said")
        func silent() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts), on: lab)
            let up = try await deployment.bringUp()
            #expect(!up.text.contains("transport"))
            let status = try await deployment.muster("status")
            status.ends(0, says: "\ntransport unknown: no lines of `NCCL INFO`; `NCCL_DEBUG: INFO` in `env`")
            try await deployment.takeDown()
        }

        @Test(
            "what the cards have sent since the launch is told where no rank tells anything",
            .enabled(if: LabMode.hasNamespaces, LabMode.why)
        )
        func counters() async throws {
            let lab = try Lab.current
            try await lab.makeMachines()
            let deployment = try Deployment(ClusterText(hosts: lab.hosts), on: lab)
            try await deployment.bringUp()
            let fresh = try await deployment.muster("status")
            fresh.ends(0, says: "\ntransport unknown: no lines of `NCCL INFO`")
            for host in lab.hosts.prefix(2) { try await send(gibibytes: 3, from: host, on: lab) }
            let status = try await deployment.muster("status", "--format", "json")
            #expect(status.text.contains("\"text\": \"RDMA by its counters, GDR unknown on all nodes\""), "\(status)")
            try await deployment.takeDown()
        }

        @Test(
            "TCP is an error where doctor has seen cards, and they are named",
            .enabled(if: LabMode.hasNamespaces, LabMode.why)
        )
        func examined() async throws {
            let lab = try Lab.current
            try await lab.makeMachines()
            var cluster = cluster(lab, .sglang, "socket")
            cluster.gpus = 8
            let deployment = try Deployment(cluster, on: lab)
            try await deployment.muster("doctor", "--fast").ends(0, says: "nothing found")
            try await deployment.bringUp()
            let status = try await deployment.muster("status", "--format", "json")
            let finding = try #require((try transport(status)["findings"] as? [[String: Any]])?.first)
            #expect(finding["severity"] as? String == "error" && finding["code"] as? String == "MUS0896")
            let cards = (0..<6).map { "mlx5_\($0)" }.joined(separator: ", ")
            #expect(finding["expected"] as? String == "NET/IB over \(cards)")
            try await deployment.takeDown()
        }

        /// Raises the counter of a host's first card, as if its ranks had sent so much.
        private func send(gibibytes: Int, from host: LabHost, on lab: Lab) async throws {
            let words = "for f in /sys/class/infiniband/*/ports/1/counters/port_xmit_data; do break; done; "
            let raise = "read -r n <\"$f\"; echo $((n + \(gibibytes << 28))) >\"$f\""
            try await lab.tool("exec", host.name, "sh", "-c", words + raise)
        }

        private func transport(_ finished: Finished) throws -> [String: Any] {
            let document = try JSONSerialization.jsonObject(with: Data(finished.out.utf8)) as? [String: Any]
            return try #require(document?["transport"] as? [String: Any], "\(finished)")
        }
    }
}
