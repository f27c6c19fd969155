import MusterDoctor
import MusterRuntime
import Synchronization

/// Shows how far an examination is, where somebody watches.
final class DoctorProgress: Sendable {
    private struct State {
        var total = 0
        var answered = 0
    }

    private let console: Console
    private let state = Mutex(State())

    init(_ console: Console) { self.console = console }

    func take(_ progress: Doctor.Progress) {
        let line = state.withLock { state -> String in
            switch progress {
            case .connecting(let nodes):
                state.total = nodes
                return "connecting to \(nodes) nodes"
            case .asking(let nodes):
                state.total = nodes
                return "asking \(nodes) nodes"
            case .answered:
                state.answered += 1
                return "asking \(state.total) nodes: \(state.answered) answered"
            case .tryingWays(let nodes): return "trying the ways between \(nodes) nodes"
            }
        }
        console.show([line])
    }

    func take(_ progress: BandwidthRun.Progress) {
        let line =
            switch progress.kind {
            case .within: "measuring within \(progress.meetings) nodes"
            case .pairs: "measuring between \(progress.meetings) pairs of nodes"
            case .all: "measuring all ranks"
            }
        console.show([line])
    }

    func finish() { console.clear() }
}
