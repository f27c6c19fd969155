/// What is known about reaching one node. Pure: it tells silence from loss by the time it is given.
package struct NodeMachine: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        /// Never reached since this began. Exits: `reachable` when it answers; `lost` after the limit.
        case unknown(since: Duration)
        /// The watch channel beats. Exits: `suspect` when it falls silent or breaks.
        case reachable
        /// Silent. Exits: `reachable` when it answers; `lost` after the limit. Nothing is concluded from it.
        case suspect(since: Duration)
        /// Silent for so long that plans may be made without it. Exits: `reachable` when it answers. Its units may run.
        case lost(since: Duration)
    }

    package enum Event: Hashable, Sendable {
        /// The watch channel is open and beats; the node's boot id.
        case heard(boot: String)
        /// Nothing was heard for some time, or the channel broke; the reason in words.
        case silent(for: Duration, String)
        case tick
    }

    package enum Action: Hashable, Sendable {
        case suspected(String)
        case lost(after: Duration)
        /// It answers again after a silence.
        case back(after: Duration)
        /// It answers for the first time.
        case reached
        /// It answers with another boot id: whatever ran there is gone.
        case rebooted
    }

    package private(set) var state: State
    /// Since when it is in this state, counted as the machine counts time.
    package private(set) var since: Duration
    package private(set) var boot: String?
    /// Why it is not reached, in words.
    package private(set) var trouble: String?
    private let lostAfter: Duration

    /// - Parameters:
    ///   - lostAfter: Silence after which a node counts as lost.
    ///   - now: When watching begins.
    package init(lostAfter: Duration, at now: Duration) {
        self.lostAfter = lostAfter
        state = .unknown(since: now)
        since = now
    }

    package var isReachable: Bool { state == .reachable }
    package var isLost: Bool { if case .lost = state { true } else { false } }

    package mutating func on(_ event: Event, at now: Duration) -> [Action] {
        switch event {
        case .heard(let boot): heard(boot, at: now)
        case .silent(let span, let reason): silent(since: now - span, reason)
        case .tick: tick(at: now)
        }
    }

    private mutating func heard(_ boot: String, at now: Duration) -> [Action] {
        var actions: [Action] = []
        switch state {
        case .reachable: break
        case .unknown: actions.append(.reached)
        case .suspect(let since), .lost(let since): actions.append(.back(after: now - since))
        }
        if state != .reachable { since = now }
        state = .reachable
        trouble = nil
        if let before = self.boot, before != boot { actions.append(.rebooted) }
        self.boot = boot
        return actions
    }

    private mutating func silent(since: Duration, _ reason: String) -> [Action] {
        trouble = reason
        guard case .reachable = state else { return [] }
        state = .suspect(since: since)
        self.since = since
        return [.suspected(reason)]
    }

    private mutating func tick(at now: Duration) -> [Action] {
        switch state {
        case .unknown(let since), .suspect(let since):
            guard now - since >= lostAfter else { return [] }
            state = .lost(since: since)
            return [.lost(after: now - since)]
        case .reachable, .lost: return []
        }
    }
}
