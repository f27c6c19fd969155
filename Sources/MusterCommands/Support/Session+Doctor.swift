import MusterPlan
import MusterRuntime
import MusterSpec

extension Session {
    /// Asks all nodes of a file what they are, shows how far that is, and keeps what they said.
    ///
    /// - Parameters:
    ///   - spec: The file.
    ///   - plans: Its plans.
    ///   - depth: How much is asked.
    /// - Returns: What came, with the reasons of nodes that gave no answer.
    /// - Throws: When a person has interrupted it, everything having been said.
    func examine(_ spec: ClusterSpec, _ plans: [LaunchPlan], depth: Doctor.Depth) async throws -> NodeFacts {
        let progress = DoctorProgress(console)
        let facts = try await operate { interrupts in
            defer { progress.finish() }
            let doctor = Doctor(spec, plans, depth: depth) { progress.take($0) }
            guard let facts = try await interrupts.cancelling({ await doctor.examine(link: link) }) else {
                throw RuntimeError(.interrupted, "interrupted; nothing was changed on the nodes")
            }
            return facts
        }
        if let problem = KeptInventories(machine, spec.name.value).keep(facts.documents) {
            console.say("note: what the nodes said cannot be kept: \(problem.reason)")
        }
        return facts
    }
}
