import Glibc
package import MusterEngines
import MusterPlan
import MusterSpec

/// The clocks by which a node's log and its kernel's are read.
struct NodeClock: Sendable {
    /// When the node started, on its own clock.
    let boot: LogInstant
    /// How far the node's clock is ahead of the one here.
    let ahead: Duration
    /// How far its local time is ahead of UTC.
    let zone: Duration

    /// Reads `clock EPOCH UPTIME ZONE`.
    ///
    /// - Parameters:
    ///   - records: The answer.
    ///   - asked: When it was asked and when the answer was there, on the clock here.
    init?(_ records: [NodeReply.Record], asked: (from: LogInstant, to: LogInstant)) {
        guard let fields = records.first(where: { $0.word == "clock" })?.fields(3),
            let epoch = Self.nanoseconds(fields[0]), let uptime = Self.nanoseconds(fields[1])
        else { return nil }
        boot = LogInstant(nanoseconds: epoch - uptime)
        // Half of the way there and back, as for a network's time.
        let here = asked.from.nanoseconds + (asked.to.nanoseconds - asked.from.nanoseconds) / 2
        ahead = .nanoseconds(epoch - here)
        zone = Self.zone(fields[2])
    }

    /// `1843.308145`, of which a shell that knows no fractions gives the seconds alone.
    static func nanoseconds(_ text: Substring) -> Int? {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard let seconds = parts.first.flatMap({ Int($0) }), (0..<(1 << 33)).contains(seconds) else { return nil }
        let digits = parts.count > 1 ? parts[1].prefix { $0.isASCII && $0.isNumber }.prefix(9) : ""
        let fraction = Int(digits + String(repeating: "0", count: 9 - digits.count)) ?? 0
        return seconds * 1_000_000_000 + fraction
    }

    /// `+0530`
    private static func zone(_ text: Substring) -> Duration {
        guard text.count == 5, let number = Int(text.dropFirst()), let sign = text.first else { return .zero }
        let minutes = number / 100 * 60 + number % 100
        return .seconds((sign == "-" ? -60 : 60) * minutes)
    }
}

extension NodeLink {
    /// What time it is there.
    func clock() async throws(RuntimeError) -> NodeClock {
        let from = LogInstant.now
        let reply = try await call(["clock"], deadline: .seconds(20))
        guard reply.end == .ok, let clock = NodeClock(reply.records, asked: (from, .now)) else {
            throw RuntimeError(reply.end, doing: "read the clock", node: node.name)
        }
        return clock
    }
}

extension LogInstant {
    /// By the clock here.
    package static var now: LogInstant {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return LogInstant(seconds: now.tv_sec, nanoseconds: now.tv_nsec)
    }
}
