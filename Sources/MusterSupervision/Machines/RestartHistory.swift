import MusterEngines
package import MusterSpec

/// What has failed before, and what follows the next failure: how long to wait, or that it is enough.
package struct RestartHistory: Codable, Hashable, Sendable {
    /// One failure that was answered by a restart.
    package struct Attempt: Codable, Hashable, Sendable {
        /// Milliseconds since the epoch.
        package var at: Int
        package var signature: String
        /// How far the gang had come; a gang that was ready is beyond every phase.
        package var reached: Int

        package init(at: Int, signature: String, reached: Int) {
            self.at = at
            self.signature = signature
            self.reached = reached
        }
    }

    package enum Decision: Hashable, Sendable {
        /// Restart after a pause; which attempt of how many this is.
        case restart(after: Duration, attempt: Int, of: Int)
        /// Stop trying, and why.
        case giveUp(String)
    }

    package private(set) var attempts: [Attempt] = []
    /// Restarts since the gang was last ready for long.
    package private(set) var streak = 0

    package init() {}

    /// Beyond every phase: the gang was ready.
    package static let ready = Int.max

    /// 0, 30 s, then doubling to 10 min.
    static func pause(_ streak: Int) -> Duration {
        streak == 0 ? .zero : min(.seconds(600), .seconds(30) * (1 << min(streak - 1, 8)))
    }

    /// Decides without taking note; `take` does that, from the event that the decision becomes.
    package func decision(after signature: String, reached: Int, at now: Int, _ policy: RestartSpec) -> Decision {
        guard policy.policy == .onFailure else { return .giveUp("the file says `restart: {policy: never}`") }
        let recent = within(policy.window, of: now)
        guard recent.count < policy.maxAttempts else {
            let span = DurationText.text(policy.window)
            return .giveUp("\(recent.count) of \(policy.maxAttempts) restarts within \(span) are used up")
        }
        let last = recent.suffix(2)
        if last.count == 2, reached != Self.ready,
            last.allSatisfy({ $0.signature == signature && $0.reached >= reached }),
            last.allSatisfy({ $0.reached != Self.ready })
        {
            return .giveUp("the same first cause three times in a row, and no start came further than the one before")
        }
        return .restart(after: Self.pause(streak), attempt: recent.count + 1, of: policy.maxAttempts)
    }

    /// A failure was answered by a restart.
    package mutating func take(_ attempt: Attempt, keeping window: Int) {
        attempts.append(attempt)
        attempts.removeAll { attempt.at - $0.at > window }
        streak += 1
    }

    /// The gang has been ready for long: the next failure is met at once.
    package mutating func forgive() { streak = 0 }

    private func within(_ window: Duration, of now: Int) -> [Attempt] {
        attempts.filter { now - $0.at <= window.milliseconds }
    }
}

extension Duration {
    /// Whole milliseconds.
    package var milliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
