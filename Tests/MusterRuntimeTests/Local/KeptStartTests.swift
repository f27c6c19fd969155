import Foundation
import MusterEngines
import MusterPlan
import MusterSpec
import MusterTesting
import Testing

@testable import MusterRuntime

@Suite("The last good start")
struct KeptStartTests {
    private static func plan(_ model: String = "/models/x", version: String = "0.5.9") throws -> LaunchPlan {
        let text = """
            name: demo
            engine: {kind: sglang, version: \(version)}
            model: \(model)
            tcp_iface: eth1
            tp_size: 2
            gpus_per_node: 1
            nodes: [10.0.0.1, 10.0.0.2]
            """
        return try #require(CheckedFile(ClusterFile(bytes: Array(text.utf8), name: "demo.yaml")).plans.first)
    }

    @Test("is read back for the same gang, and for no other")
    func kept() async throws {
        try await withScratch { scratch in
            let machine = LocalMachine(
                user: "ada",
                home: "/",
                hostName: "desk",
                pid: 1,
                environment: ["XDG_STATE_HOME": scratch.path]
            )
            let kept = KeptStart(machine, try Self.plan())
            #expect(kept.read().isEmpty)
            #expect(kept.keep([.weights: .seconds(9), .spawned: .milliseconds(1500), .graphs: .zero]) == nil)
            #expect(kept.read() == [.weights: .seconds(9), .spawned: .milliseconds(1500)])
            #expect(KeptStart(machine, try Self.plan("/models/y")).read().isEmpty)
            #expect(KeptStart(machine, try Self.plan(version: "0.5.23")).read().isEmpty)
            #expect(kept.keep([.weights: .seconds(7)]) == nil && kept.read() == [.weights: .seconds(7)])
            let path = "\(machine.stateDirectory)/demo/start-0.json"
            for damage in ["", "{", #"{"format": "muster.start/2"}"#, String(repeating: "x", count: 100_000)] {
                try Data(damage.utf8).write(to: URL(fileURLWithPath: path))
                #expect(kept.read().isEmpty)
            }
        }
    }
}
