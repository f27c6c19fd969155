import Logging
import MusterSpec
import ServiceLifecycle
import UnixSignals

/// Hears SIGHUP for as long as the daemon runs, and tells systemd when it stops.
struct SignalService: Service {
    let notify: Notify
    let logger: Logger
    /// Reads the settings again, does what can be done at once, and returns the keys that have to wait for the next start.
    let reload: @Sendable () async throws(DaemonCommand.InvalidSettings) -> [String]

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        await withGracefulShutdownHandler {
            for await _ in signals.cancelOnGracefulShutdown() {
                notify.reloading()
                do throws(DaemonCommand.InvalidSettings) {
                    let waiting = try await reload()
                    let rest = waiting.isEmpty ? "" : "; at the next start: \(waiting.joined(separator: ", "))"
                    logger.notice("the settings are valid and in effect\(rest)")
                } catch {
                    for line in error.lines { logger.error("\(line)") }
                    logger.error("the settings are invalid; those from before stay")
                }
                notify.ready("serving")
            }
        } onGracefulShutdown: {
            notify.stopping()
        }
    }
}

/// Feeds systemd's watchdog, but only while supervision goes on.
struct WatchdogService: Service {
    private let notify: Notify
    private let isAlive: @Sendable () async -> Bool

    init(_ notify: Notify, isAlive: @escaping @Sendable () async -> Bool) {
        self.notify = notify
        self.isAlive = isAlive
    }

    func run() async throws {
        guard let interval = notify.watchdogInterval else {
            try? await gracefulShutdown()
            return
        }
        for await _ in AsyncTimer(every: interval).cancelOnGracefulShutdown() where await isAlive() { notify.alive() }
    }
}

/// Ticks until it is cancelled.
private struct AsyncTimer: AsyncSequence, Sendable {
    let interval: Duration

    init(every interval: Duration) { self.interval = interval }

    struct Iterator: AsyncIteratorProtocol {
        let interval: Duration

        mutating func next() async -> Void? {
            // Cancellation ends the sequence.
            do { try await Task.sleep(for: interval) } catch { return nil }
            return ()
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(interval: interval) }
}
