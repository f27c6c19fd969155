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

        private func transport(_ finished: Finished) throws -> [String: Any] {
            let document = try JSONSerialization.jsonObject(with: Data(finished.out.utf8)) as? [String: Any]
            return try #require(document?["transport"] as? [String: Any], "\(finished)")
        }
    }
}
