import MusterEngines
import MusterSupervision

extension Supervisor {
    /// Looks why a generation failed, of which nothing is left. It is told where it is known: the restart does not wait
    /// for it.
    func explain(_ replica: Int, _ generation: Int) async {
        guard let plan = plan(replica) else { return }
        let answer = await FailureLook.take(at: fleet(plan), generation).answer?.scrubbed(scrubbed)
        inputs.yield(.event(.explained(replica: replica, generation: generation, answer)))
    }
}
