import Foundation
import Glibc
import MusterTesting
import Testing

extension LabScenarios {
    @Suite(.serialized, .lab(hosts: 2)) struct InterruptTestsSerial {
        @Test("SIGINT and SIGTERM at any moment leave nothing and say so, or leave all running and say that")
        func anyMoment() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts, gpus: 1), on: lab)
            let whole = try await deployment.bringUp().elapsed
            try await deployment.takeDown()
            var random = SeededRandom(seed: 11)
            let moments = LabMode.isLong ? 80 : 20
            for step in 0..<moments {
                // Spread over one and a half times a start, each a little off its place.
                let share = (Double(step) + Double.random(in: 0..<1, using: &random)) / Double(moments) * 1.5
                let up = try await deployment.muster("up") { up in
                    try await Task.sleep(for: whole * share)
                    up.signal(step % 2 == 0 ? SIGINT : SIGTERM)
                }
                try await deployment.expectNothingOrAll(after: up, at: share)
            }
        }

        @Test("a second Ctrl-C ends at once")
        func twice() async throws {
            let lab = try Lab.current
            var cluster = ClusterText(hosts: lab.hosts, gpus: 1)
            cluster.environment["STANDIN_DRAIN_POLL"] = "8"
            let deployment = try Deployment(cluster, on: lab)
            // A connection that hangs is what a person gets impatient about; once is enough while nothing is started.
            try await lab.fault(lab[2], "hang")
            var last = ContinuousClock.now
            let up = try await deployment.muster("up") { up in
                try await up.says("connecting to")
                up.signal(SIGINT)
                last = .now
            }
            #expect(ContinuousClock.now - last < .seconds(2), "\(up)")
            up.ends(1, says: "interrupted before anything was started")
            await lab.expectNothingLeft()
            try await lab.mend(lab[2])

            // A head that drains is the other; a stop that has begun goes on, until a person insists.
            try await deployment.bringUp()
            let down = try await deployment.muster("down") { down in
                try await down.says("stopping lab")
                down.signal(SIGINT)
                try await down.says("press Ctrl-C again")
                down.signal(SIGINT)
                last = .now
            }
            #expect(ContinuousClock.now - last < .seconds(2), "\(down)")
            #expect(down.code == 1, "\(down)")
            try await eventually("the lock is free", within: .seconds(25)) {
                try await deployment.muster("down").code == 0
            }
            await lab.expectNothingLeft()
        }
    }
}

extension Deployment {
    /// Whatever an interrupted `up` said must be true: nothing is left, or all of it runs; and the next commands work.
    func expectNothingOrAll(after up: Finished, at share: Double) async throws {
        let place: Comment = "at \(share) of a start: \(up)"
        switch (up.code, up.signal) {
        case (0, nil): #expect(up.out.contains("ready in"), place)
        case (5, nil): #expect(up.err.contains("left running"), place)
        case (1, nil): #expect(up.err.contains("interrupted before"), place)
        // Before the program could ask for its signals.
        case (nil, SIGINT), (nil, SIGTERM): #expect(up.text.isEmpty, place)
        default: Issue.record(place)
        }
        let isUp = up.code == 0 || up.code == 5
        let status = try await status()
        if isUp {
            #expect(status.standing == "running" && status.units.allSatisfy { $0.state == "running" }, place)
            try await bringUp()
        } else {
            await lab.expectNothingLeft()
            #expect(status.standing == "absent", place)
        }
        try await takeDown()
    }
}
