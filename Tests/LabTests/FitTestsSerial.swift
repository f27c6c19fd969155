import Testing

extension LabScenarios {
    /// Where a model's sizes come from, when this machine does not have them.
    @Suite(.serialized, .lab(hosts: 2), .enabled(if: LabMode.hasNamespaces, LabMode.why))
    struct FitTestsSerial {
        @Test("nodes are asked for a model that nobody else knows, and what they said is enough the next time")
        func asked() async throws {
            let lab = try Lab.current
            try await lab.makeMachines()
            let deployment = try Deployment(ClusterText(hosts: lab.hosts, gpus: 8), on: lab)
            let unknown = try await deployment.muster("fit", "--offline")
            unknown.ends(1, says: "error[MUS0895]", "leave out --offline")
            // The stand-in's weights are not those of its configuration, which is no judgement of memory.
            let asked = try await deployment.muster("fit")
            asked.ends(5, says: "/models/standin on node1\n", "45 GiB: the smallest of the nodes\n", "not judged")
            let kept = try await deployment.muster("fit", "--offline")
            kept.ends(5, says: "/models/standin on node1, ", "the smallest of the nodes, ")
        }
    }
}
