import Testing

extension LabScenarios {
    /// What `up` looks at before it launches.
    @Suite(.serialized, .lab(hosts: 2), .enabled(if: LabMode.hasNamespaces, LabMode.why))
    struct PreflightTestsSerial {
        @Test("an error stops a launch before anything is started, and --force lists it and goes on")
        func stops() async throws {
            let lab = try Lab.current
            try await lab.makeMachines()
            try await lab.fault(lab[2], "gid-shifted")
            let deployment = try Deployment(ClusterText(hosts: lab.hosts, gpus: 8), on: lab)
            let stopped = try await deployment.muster("up", "--doctor")
            stopped.ends(1, says: "looking at the nodes", "error[MUS0826]: node2", "write `rdma_gid_index: 4`")
            #expect(try await deployment.status().standing == "absent")
            await lab.expectNothingLeft()
            try await deployment.muster("up", "--doctor", "--force").ends(
                0,
                says: "ignored[MUS0826]: node2",
                "ready in"
            )
            // What runs is adopted without another look.
            let again = try await deployment.muster("up", "--doctor")
            again.ends(0, says: "adopting it")
            #expect(!again.err.contains("MUS0826"))
            try await deployment.takeDown()
        }

        @Test("a fix edits the file for the one node, and the launch that follows is as it should be")
        func fixes() async throws {
            let lab = try Lab.current
            try await lab.makeMachines()
            try await lab.fault(lab[2], "gid-shifted")
            let deployment = try Deployment(ClusterText(hosts: lab.hosts, gpus: 8), on: lab)
            let asked = try await deployment.muster("doctor", "--fast", "--fix")
            asked.ends(1, says: "rdma_gid_index: 4", "was not changed")
            try await deployment.muster("doctor", "--fast", "--fix", "--yes").ends(1, says: "wrote ")
            try await deployment.muster("doctor", "--fast").ends(0, says: "nothing found")
            try await deployment.muster("up", "--doctor").ends(0, says: "ready in")
            try await deployment.takeDown()
        }

        @Test("auto becomes what the nodes have, and the same file is the same deployment afterwards")
        func chooses() async throws {
            let lab = try Lab.current
            try await lab.makeMachines()
            let cluster = ClusterText(hosts: lab.hosts, gpus: 8)
            let deployment = try Deployment(cluster, on: lab)
            let lines = cluster.text(lab).replacing("tcp_iface: bond0", with: "tcp_iface: auto")
            try Files.write(lines.replacing("rdma_gid_index: 3", with: "rdma_gid_index: auto"), deployment.file)
            let up = try await deployment.muster("up", "--doctor")
            up.ends(0, says: "auto: tcp_iface: bond0", "auto: rdma_gid_index: 3", "ready in")
            #expect(try await deployment.status().healthy)
            try await deployment.muster("render").ends(
                0,
                says: "export NCCL_IB_GID_INDEX=3",
                "GLOO_SOCKET_IFNAME=bond0"
            )
            try await deployment.takeDown()
        }
    }
}
