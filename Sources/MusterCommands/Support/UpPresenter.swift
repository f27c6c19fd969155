import MusterEngines
import MusterPlan
import MusterRuntime
import MusterSpec
import MusterSupervision
import MusterTerminal
import Synchronization

/// Shows a bring-up as it happens: a live frame on a terminal, a line per transition elsewhere.
final class UpPresenter: Sendable {
    private let plan: LaunchPlan
    private let console: Console
    private let began = ContinuousClock.now
    private let lastDrawn = Mutex<ContinuousClock.Instant?>(nil)

    /// A terminal is not helped by more; ten frames a second are smooth.
    private static let frameInterval = Duration.milliseconds(100)

    init(_ plan: LaunchPlan, _ console: Console) {
        self.plan = plan
        self.console = console
    }

    func take(_ report: BringUp.Report) {
        switch report {
        case .connecting(let nodes): line("connecting to \(nodes) node\(nodes == 1 ? "" : "s")")
        case .connected(let nodes, let after):
            line("connected to \(nodes) node\(nodes == 1 ? "" : "s") in \(ElapsedText.text(after))")
        case .adopted(let generation):
            line("already running as generation \(generation): adopting it, nothing is started")
        case .stopping(let reason, let generation):
            line("stopping what runs of generation \(generation): \(reason)")
        case .launching(let generation, let units):
            line("launching \(units) unit\(units == 1 ? "" : "s") as generation \(generation)")
        case .start(.milestone(let milestone, at: _)): take(milestone)
        case .start(.progress(let progress, let state, at: let elapsed)): draw(progress, state, elapsed)
        case .start(.note(let text)): line(text)
        }
    }

    /// Ends the live frame.
    func finish() { console.clear() }

    private func take(_ milestone: StartMachine.Milestone) {
        let text = milestone.text(in: plan)
        switch milestone {
        case .failed: line(console.talk.style.bad("failed") + ": " + text)
        case .ready: break
        default: line(text)
        }
    }

    private func line(_ text: String) {
        console.say(EventTrail.line(ContinuousClock.now - began, text, console.talk.style))
    }

    private func draw(_ progress: GangProgress, _ state: StartMachine.State, _ elapsed: Duration) {
        guard console.isLive else { return }
        let isDue = lastDrawn.withLock { last in
            let now = ContinuousClock.now
            if let last, now - last < Self.frameInterval { return false }
            last = now
            return true
        }
        guard isDue else { return }
        let view = StartView(
            plan: plan,
            progress: progress,
            state: state,
            elapsed: elapsed,
            width: console.width,
            style: console.talk.style
        )
        console.show(view.lines)
    }
}
