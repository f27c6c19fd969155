import Synchronization

/// Bounds how many connections to one host are not authenticated yet, and how a dropped one is tried again.
///
/// sshd drops connections at random once `MaxStartups` (default 10:30:100) are not authenticated, so more than a few
/// at a time to one host, most often a jump host, make each other fail.
public struct SSHStartLimiter: Sendable {
    private struct Gate {
        var held = 0
        var waiting: [(id: UInt64, granted: @Sendable () -> Void)] = []
    }

    private struct State {
        var next: UInt64 = 0
        var gates: [String: Gate] = [:]
    }

    private final class Storage: Sendable {
        let state = Mutex(State())
    }

    /// One place in the count, or in the queue for it.
    struct Ticket: Sendable {
        fileprivate let id: UInt64
        fileprivate let key: String
    }

    private let storage = Storage()
    private let width: Int
    private let pause: @Sendable (Int) -> Duration

    /// The limiter that connections use unless told otherwise.
    public static let shared = SSHStartLimiter()

    /// Creates a limiter.
    ///
    /// - Parameters:
    ///   - width: How many connections to one host may be under way.
    ///   - pause: How long to wait before the try after the given number of dropped ones (from 1); by default 0.1 s
    ///     doubling up to 3.2 s, each times a random factor between 0.5 and 1.5.
    public init(width: Int = 8, pause: @escaping @Sendable (Int) -> Duration = SSHStartLimiter.randomPause) {
        self.width = max(1, width)
        self.pause = pause
    }

    /// The default pause: exponential, with jitter so that connections dropped together do not return together.
    public static func randomPause(_ attempt: Int) -> Duration {
        .milliseconds(100 << min(max(0, attempt - 1), 5)) * Double.random(in: 0.5...1.5)
    }

    func pause(after attempt: Int) -> Duration { pause(attempt) }

    /// Takes a place in the queue for `key`; `granted` is called on any thread, at once if there is room.
    func acquire(_ key: String, granted: @escaping @Sendable () -> Void) -> Ticket {
        let (ticket, atOnce) = storage.state.withLock { state in
            let ticket = Ticket(id: state.next, key: key)
            state.next += 1
            var gate = state.gates[key] ?? Gate()
            let atOnce = gate.held < width
            if atOnce { gate.held += 1 } else { gate.waiting.append((ticket.id, granted)) }
            state.gates[key] = gate
            return (ticket, atOnce)
        }
        if atOnce { granted() }
        return ticket
    }

    /// Gives a place back, whether it was granted or still waited for.
    func release(_ ticket: Ticket) {
        let granted: (@Sendable () -> Void)? = storage.state.withLock { state in
            guard var gate = state.gates[ticket.key] else { return nil }
            var granted: (@Sendable () -> Void)?
            if let index = gate.waiting.firstIndex(where: { $0.id == ticket.id }) {
                gate.waiting.remove(at: index)
            } else if gate.waiting.isEmpty {
                gate.held -= 1
            } else {
                granted = gate.waiting.removeFirst().granted
            }
            state.gates[ticket.key] = gate.held == 0 ? nil : gate
            return granted
        }
        granted?()
    }
}
