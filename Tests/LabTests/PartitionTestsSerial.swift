import Glibc
import Testing

extension LabScenarios {
    @Suite(.serialized, .lab(hosts: 4), .enabled(if: LabMode.hasNamespaces, LabMode.why))
    struct PartitionTestsSerial {
        @Test("a host that is cut off before the launch is named, and nothing is started")
        func beforeLaunch() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts), on: lab)
            try await lab.cut(lab[3])
            let up = try await deployment.muster("up", deadline: .seconds(30))
            up.ends(1, says: "node3: ")
            await lab.expectNothingLeft()
            try await lab.heal(lab[3])
            try await deployment.bringUp()
            try await deployment.takeDown()
        }

        @Test("a cut during the weights that heals costs nothing but a remark")
        func healedInWeights() async throws {
            let lab = try Lab.current
            var cluster = ClusterText(hosts: lab.hosts)
            // Weights then take about 8 s, and end only when all hosts can speak to each other.
            cluster.environment["STANDIN_SPEED"] = "10"
            let deployment = try Deployment(cluster, on: lab)
            let up = try await deployment.muster("up", deadline: .seconds(120)) { up in
                try await up.says("rendezvous 8/8", within: .seconds(60))
                try await lab.cut(lab[3])
                try await up.says("lost contact with node3", within: .seconds(20))
                try await lab.heal(lab[3])
                try await up.says("contact with node3 is back", within: .seconds(20))
            }
            up.ends(0, says: "ready in")
            #expect(try await deployment.status().healthy)
            try await deployment.takeDown()
        }

        @Test("a cut during the rendezvous that does not heal stops the rest and says who was not reached")
        func lostInRendezvous() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts), on: lab)
            try lab[2].fail("node=1,phase=rendezvous,hang=1")
            let up = try await deployment.muster("up", deadline: .seconds(90)) { up in
                try await up.says("all 4 units started")
                try await lab.cut(lab[3])
            }
            up.ends(5, says: "no contact with node3", "the gang was stopped, except for:", "node3: ")
            #expect(lab[3].launcher() != nil, "nobody could tell it to stop")
            await lab.expectNothingLeft(on: [lab[1], lab[2], lab[4]])
            try await lab.heal(lab[3])
            try await deployment.takeDown()
        }

        @Test("down with a host cut off stops the others, names it with exit code 5, and finishes after it is back")
        func cutBeforeDown() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts), on: lab)
            try await deployment.bringUp()
            try await lab.cut(lab[3])
            let status = try await deployment.muster("status", deadline: .seconds(30))
            status.ends(5, says: "node3: ", "unreachable")
            let down = try await deployment.muster("down", deadline: .seconds(30))
            down.ends(5, says: "node3: ", "is not down everywhere", "3 of 4 nodes")
            await lab.expectNothingLeft(on: [lab[1], lab[2], lab[4]])
            try await lab.heal(lab[3])
            try await deployment.takeDown()
        }

        @Test("a host that is cut off in the middle of down is named, and the next down finishes")
        func cutDuringDown() async throws {
            let lab = try Lab.current
            var cluster = ClusterText(hosts: lab.hosts)
            cluster.environment["STANDIN_DRAIN_POLL"] = "3"
            let deployment = try Deployment(cluster, on: lab)
            try await deployment.bringUp()
            let down = try await deployment.muster("down", deadline: .seconds(90)) { down in
                try await down.says("stopping lab")
                try await lab.cut(lab[3])
            }
            down.ends(5, says: "node3", "is not down everywhere")
            await lab.expectNothingLeft(on: [lab[1], lab[2], lab[4]])
            try await lab.heal(lab[3])
            try await deployment.takeDown()
        }

        @Test("a host that lost its power is unreachable, then without its unit, and up --yes brings all back")
        func powerCut() async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts), on: lab)
            try await deployment.bringUp()
            try await lab.tool("power-off", "node3")
            let dark = try await deployment.status()
            #expect(dark.code == 5 && !dark.healthy && dark.unreachable.map(\.node) == ["node3"])
            #expect(dark.ranks.filter { $0.nodeRank == 2 }.allSatisfy { $0.state == "unknown" })
            try await lab.tool("power-on", "node3")
            let back = try await deployment.status()
            #expect(back.code == 1 && back.standing == "broken" && back.units[2].state == "lost")
            try await deployment.muster("up").ends(1, says: "not whole", "nothing was changed", "--yes")
            try await deployment.bringUp("--yes")
            #expect(try await deployment.status().healthy)
            try await deployment.takeDown()
        }

        @Test("a host that loses its power while the gang starts is the first cause, and the rest is stopped")
        func powerCutInStart() async throws {
            let lab = try Lab.current
            var cluster = ClusterText(hosts: lab.hosts)
            cluster.environment["STANDIN_SPEED"] = "10"
            let deployment = try Deployment(cluster, on: lab)
            let up = try await deployment.muster("up", deadline: .seconds(90)) { up in
                try await up.says("rendezvous 8/8", within: .seconds(60))
                try await lab.tool("power-off", "node3")
                try await up.says("lost contact with node3", within: .seconds(20))
                try await lab.tool("power-on", "node3")
            }
            up.ends(1, says: "first cause: node rank 2 on node3 is gone without an exit record")
            await lab.expectNothingLeft()
        }
    }
}
