import MusterEngines
import MusterSpec

extension DeploymentEvent {
    /// The event in one line, with the replica it is about where there are several.
    package func text(among replicas: Int) -> String {
        replica.flatMap { replicas > 1 ? "replica \($0): \(text)" : nil } ?? text
    }

    /// The event in one line, for a person.
    package var text: String {
        switch self {
        case .upWanted(let file, let plan): "up asked for: \(file.path), plan \(plan.prefix(12))"
        case .downWanted: "down asked for"
        case .restartWanted(_, let unit?, let scope): "restart of node rank \(unit) asked for, scope \(scope)"
        case .restartWanted(_, nil, _): "restart of the gang asked for"
        case .paused: "paused: nothing is restarted or stopped until it is resumed"
        case .resumed: "resumed"
        case .nodeDrained(let node): "\(node) is drained: no unit is placed there"
        case .nodeUndrained(let node): "\(node) may be used again"
        case .refused(let reason): "refused: \(reason)"
        case .launching(_, let generation, _, let reason): "launching generation \(generation): \(reason)"
        case .relaunching(_, _, let unit, let reason): "node rank \(unit) starts over, the others wait: \(reason)"
        case .fencing(_, let generation, let cause):
            cause.isWish ? "stopping generation \(generation): \(cause.text)" : "first cause: \(cause.text)"
        case .spareTaken(_, let node, let spare, let reason): "\(spare) takes the place of \(node): \(reason)"
        case .evictionOwed(let node, let generation):
            "what \(node) runs of generation \(generation) is stopped when it answers again"
        case .foundStopped: "found taken down by hand while no daemon watched: it stays down until `up` is asked for"
        case .adopted(_, let generation): "generation \(generation) found running and adopted"
        case .unitStarted(_, _, let unit, let node): "node rank \(unit) started on \(node)"
        case .milestone(_, _, let text): text
        case .ready(_, let generation, let after, _):
            "generation \(generation) ready after \(ElapsedText.text(.milliseconds(after)))"
        case .transportProven(_, _, let text, let codes):
            "transport: \(text)\(codes.isEmpty ? "" : " [\(codes.joined(separator: ", "))]")"
        case .stable: "stable: earlier restarts are forgiven"
        case .unitFailed(_, _, let cause): cause.text
        case .left(_, _, let node, let what): "left on \(node): \(what.joined(separator: ", "))"
        case .fenced(_, let generation): "generation \(generation) is gone from every node that can be asked"
        case .explained(_, let generation, let answer?): "generation \(generation) failed of \(answer.summary)"
        case .explained(_, let generation, nil): "no log of generation \(generation) has a line that is a known failure"
        case .evicted(let node): "nothing of an older generation is left on \(node)"
        case .nodeSuspected(let node, let reason): "\(node) is silent: \(reason); that alone stops nothing"
        case .nodeLost(let node, let after): "\(node) is lost, silent for \(ElapsedText.text(.milliseconds(after)))"
        case .nodeBack(let node, let after): "\(node) answers again after \(ElapsedText.text(.milliseconds(after)))"
        case .nodeRebooted(let node): "\(node) has rebooted"
        case .memoryMeasured(let node, let used):
            "\(node) uses \(used.max() ?? 0) MiB at most on any GPU before the launch"
        case .memoryHeld(_, let what): "waiting for GPU memory: \(what)"
        case .waiting(_, let reason): "waiting: \(reason)"
        case .restartPlanned(_, _, let attempt, let of, let cause): "restart \(attempt) of \(of) planned: \(cause.text)"
        case .gaveUp(_, let reason, _): "gave up: \(reason)"
        case .stopped: "stopped, and nothing is left"
        case .daemonStarted(let version): "musterd \(version) started"
        case .daemonStopping: "musterd stops; what runs stays"
        }
    }

    /// What the replica's history belongs to; nothing for what concerns all of the deployment.
    package var replica: Int? {
        switch self {
        case .restartWanted(let replica, _, _), .launching(let replica, _, _, _), .relaunching(let replica, _, _, _),
            .fencing(let replica, _, _), .spareTaken(let replica, _, _, _), .adopted(let replica, _),
            .unitStarted(let replica, _, _, _), .milestone(let replica, _, _), .ready(let replica, _, _, _),
            .transportProven(let replica, _, _, _), .stable(let replica), .unitFailed(let replica, _, _),
            .left(let replica, _, _, _), .fenced(let replica, _), .explained(let replica, _, _),
            .memoryHeld(let replica, _), .waiting(let replica, _), .restartPlanned(let replica, _, _, _, _),
            .gaveUp(let replica, _, _), .stopped(let replica):
            replica
        default: nil
        }
    }

    /// Whether a person may have wished it, so that the record names one.
    package var isWish: Bool {
        switch self {
        case .upWanted, .downWanted, .restartWanted, .paused, .resumed, .nodeDrained, .nodeUndrained, .refused: true
        default: false
        }
    }
}
