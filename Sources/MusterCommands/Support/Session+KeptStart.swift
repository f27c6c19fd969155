import MusterPlan
import MusterRuntime

extension Session {
    /// Keeps how long a good start took, by which the next one is told how long it has to go.
    func keepTimes(_ outcome: BringUp.Outcome, of plan: LaunchPlan) {
        guard case .ready(_, _, let start) = outcome, !start.phases.isEmpty,
            let problem = KeptStart(machine, plan).keep(start.phases)
        else { return }
        console.say("note: how long this start took cannot be kept: \(problem.reason)")
    }
}
