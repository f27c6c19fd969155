import MusterAPI
import MusterSpec
import MusterTerminal
import Synchronization

/// Says events as transition lines, with the time since the wish they follow from.
final class EventTrail: Sendable {
    private let console: Console
    private let wish: Wish
    private let began = Mutex<Timestamp?>(nil)

    /// What a milestone says of all units at once, and what is of interest later only.
    private static let silent: Set<String> = ["unitStarted", "memoryMeasured"]

    init(_ wish: Wish, _ console: Console) {
        self.wish = wish
        self.console = console
    }

    /// Says an event; the wish itself is no news to whoever had it.
    func take(_ record: EventRecord) {
        let start = began.withLock { began -> Timestamp? in
            if began == nil, record.kind == wish.rawValue { began = record.at }
            return began
        }
        guard let start, record.kind != wish.rawValue, !Self.silent.contains(record.kind) else { return }
        let elapsed = Duration.milliseconds(max(0, record.at.milliseconds - start.milliseconds))
        console.say(Self.line(elapsed, text(record), console.talk.style))
    }

    private func text(_ record: EventRecord) -> String {
        let style = console.talk.style
        return switch record.kind {
        case "gaveUp": style.bad("failed") + ": " + record.text
        case "fencing", "unitFailed", "nodeLost", "left": style.doubtful(record.text)
        default: record.text
        }
    }

    /// A transition line, the same whoever tells of the transition.
    static func line(_ elapsed: Duration, _ text: String, _ style: Style) -> String {
        style.faint(DisplayWidth.pad(ElapsedText.text(elapsed), 7)) + " " + text
    }
}
