import Glibc
import MusterEngines
import MusterPlan
import MusterSpec

/// What a node's kernel said, and the clocks its times and those of a log are read by.
struct KernelReading: Sendable {
    /// When the node started, on its own clock.
    let boot: LogInstant
    /// How far the node's clock is ahead of the one here.
    let ahead: Duration
    /// How far its local time is ahead of UTC.
    let zone: Duration
    let said: [String]
    /// Why the kernel's log could not be read.
    var refusal: RuntimeError?

    /// Reads the records of an answer.
    ///
    /// - Parameters:
    ///   - records: `clock EPOCH UPTIME ZONE`, then `said TEXT`.
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
        said = records.filter { $0.word == "said" }.compactMap { $0.fields(1).map { String($0[0]) } }
    }

    /// The lines from a moment of the node's clock on; all of them where it is not known when that was.
    func lines(since moment: LogInstant?) -> [String] {
        guard let moment else { return said }
        return said.filter { line in
            guard let mark = line.firstIndex(of: "]"), line.first == "[",
                let uptime = Self.nanoseconds(line[line.index(after: line.startIndex)..<mark].drop { $0 == " " })
            else { return true }
            return boot.nanoseconds + uptime >= moment.nanoseconds
        }
    }

    /// `1843.308145`, of which a shell that knows no fractions gives the seconds alone.
    private static func nanoseconds(_ text: Substring) -> Int? {
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
    /// What the node's kernel has said since it started, and what time it is there.
    func kernel() async throws(RuntimeError) -> KernelReading {
        let from = LogInstant.now
        let reply = try await call(["kernel"], deadline: .seconds(60))
        guard var reading = KernelReading(reply.records, asked: (from, .now)) else {
            throw RuntimeError(reply.end, doing: "read the kernel's log", node: node.name)
        }
        if reply.end != .ok {
            reading.refusal = RuntimeError(reply.end, doing: "read the kernel's log", node: node.name)
        }
        return reading
    }
}

extension LogInstant {
    /// By the clock here.
    fileprivate static var now: LogInstant {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return LogInstant(nanoseconds: now.tv_sec * 1_000_000_000 + now.tv_nsec)
    }
}
