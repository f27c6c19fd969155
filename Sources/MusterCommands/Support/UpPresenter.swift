import MusterEngines
import MusterPlan
import MusterRuntime
import MusterSpec
import MusterSupervision
import MusterTerminal
import Synchronization

/// Shows a bring-up as it happens: a live frame on a terminal, a line per transition elsewhere.
final class UpPresenter: Sendable {
    private let console: Console
    private let began = ContinuousClock.now
    private let frame = Mutex(Frame())

    /// What each replica shows, and when that was last drawn.
    private struct Frame {
        var drawn: ContinuousClock.Instant?
        var lines: [Int: [String]] = [:]
    }

    /// A terminal is not helped by more; ten frames a second are smooth.
    private static let frameInterval = Duration.milliseconds(100)

    init(_ console: Console) { self.console = console }

    /// Shows what happens to a replica.
    func take(_ report: BringUp.Report, of plan: LaunchPlan) {
        let line = { (text: String) in self.line(text, of: plan) }
        switch report {
        case .connecting(let nodes): line("connecting to \(nodes) node\(nodes == 1 ? "" : "s")")
        case .connected(let nodes, let after):
            line("connected to \(nodes) node\(nodes == 1 ? "" : "s") in \(ElapsedText.text(after))")
        case .lookingAtNodes: line("looking at the nodes")
        case .adopted(let generation):
            line("already running as generation \(generation): adopting it, nothing is started")
        case .stopping(let reason, let generation):
            line("stopping what runs of generation \(generation): \(reason)")
        case .launching(let generation, let units):
            line("launching \(units) unit\(units == 1 ? "" : "s") as generation \(generation)")
        case .start(.milestone(let milestone, at: _)): take(milestone, of: plan)
        case .start(.progress(let progress, let start, let state, at: let elapsed)):
            draw(plan, progress, start, state, elapsed)
        case .start(.note(let text)): line(text)
        }
    }

    /// Ends the live frame.
    func finish() { console.clear() }

    private func take(_ milestone: StartMachine.Milestone, of plan: LaunchPlan) {
        let text = milestone.text(in: plan)
        switch milestone {
        case .failed: line(console.talk.style.bad("failed") + ": " + text, of: plan)
        // The last line says it of the only replica.
        case .ready where plan.replicas == 1: break
        default: line(text, of: plan)
        }
    }

    private func line(_ text: String, of plan: LaunchPlan) {
        let text = plan.replicas > 1 ? "replica \(plan.replica): \(text)" : text
        console.say(EventTrail.line(ContinuousClock.now - began, text, console.talk.style))
    }

    private func draw(
        _ plan: LaunchPlan,
        _ progress: GangProgress,
        _ start: StartProgress,
        _ state: StartMachine.State,
        _ elapsed: Duration
    ) {
        guard console.isLive else { return }
        let view = StartView(
            plan: plan,
            progress: progress,
            start: start,
            state: state,
            elapsed: elapsed,
            width: console.width,
            style: console.talk.style
        )
        let lines = frame.withLock { frame -> [String]? in
            frame.lines[plan.replica] = view.lines
            let now = ContinuousClock.now
            if let drawn = frame.drawn, now - drawn < Self.frameInterval { return nil }
            frame.drawn = now
            return frame.lines.sorted { $0.key < $1.key }.flatMap(\.value)
        }
        if let lines { console.show(lines) }
    }
}
