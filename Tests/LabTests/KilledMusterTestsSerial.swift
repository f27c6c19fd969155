import Glibc
import MusterTesting
import Testing

extension LabScenarios {
    @Suite(.serialized, .lab(hosts: 2)) struct KilledMusterTestsSerial {
        @Test("muster killed with -9 at any moment is survived by the next up or down")
        func killed() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts, gpus: 1), on: lab)
            let whole = try await deployment.bringUp().elapsed
            try await deployment.takeDown()
            var random = SeededRandom(seed: 12)
            let moments = LabMode.isLong ? 40 : 10
            for step in 0..<moments {
                let share = (Double(step) + Double.random(in: 0..<1, using: &random)) / Double(moments) * 1.1
                let up = try await deployment.muster("up") { up in
                    try await Task.sleep(for: whole * share)
                    up.signal(SIGKILL)
                }
                // The lock goes with the connection, which the kernel closes; a moment later at most.
                if step % 2 == 0 {
                    let again = try await afterLock { try await deployment.muster("up", "--yes") }
                    again.ends(0, says: "ready in")
                    #expect(try await deployment.status().healthy, "after \(share): \(up)")
                }
                try await afterLock { try await deployment.muster("down") }.ends(0, says: "is down")
                await lab.expectNothingLeft()
            }
        }

        /// What a command says when nobody holds the lock any more.
        private func afterLock(_ command: () async throws -> Finished) async throws -> Finished {
            var finished: Finished?
            try await eventually("the lock of a dead muster is broken", within: .seconds(25)) {
                let now = try await command()
                finished = now
                return !now.text.contains("MUS0523")
            }
            return try #require(finished)
        }
    }
}
