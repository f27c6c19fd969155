import MusterSpec

/// Why a meeting gave no figures, and whose fault it seems to be.
package struct BandwidthFailure: Hashable, Sendable {
    /// Nodes that held the others up; none where nothing tells them apart.
    package let blamed: [String]
    /// `rank 5 was ended by signal 9 while reducing 256 MiB`
    package let text: String
    /// Last words of the ranks that are meant.
    package let said: [String]

    /// A rank that did not come to its end.
    private struct Stuck {
        let node: String
        let number: Int
        let rank: BandwidthAnswer.Rank
    }

    /// What the ranks say whose peers have gone: they are not the cause.
    private static let consequences = [
        "remote process", "peer", "reset", "closed", "timed out", "timeout", "refused", "Broken pipe", "socketPoll",
    ]

    init(nodes: [String], answers: [String: Known<BandwidthAnswer>]) {
        let silent = nodes.compactMap { node -> (node: String, reason: String)? in
            guard case .unknown(let reason) = answers[node] ?? .notAsked else { return nil }
            return (node, reason)
        }
        let stuck = nodes.flatMap { node in
            (answers[node]?.value?.ranks ?? [:]).filter { !$0.value.isDone }.sorted { $0.key < $1.key }
                .map { Stuck(node: node, number: $0.key, rank: $0.value) }
        }
        let killed = stuck.filter { $0.rank.end?.hasPrefix("signal") == true }
        let failed = stuck.filter { $0.rank.end != nil && !Self.isConsequence($0.rank.error) }
        if let first = silent.first {
            self.init(silent.map(\.node), first.reason, [])
        } else if let first = killed.first {
            let text = "rank \(first.number) was ended by \(first.rank.end ?? "") while \(first.rank.step.text)"
            self.init(killed.map(\.node), text, first.rank.said)
        } else if let first = failed.first {
            self.init(failed.map(\.node), Self.text(first), first.rank.said)
        } else if let first = stuck.first(where: { $0.rank.end != nil }) {
            // All of them say that somebody else has gone.
            self.init([], Self.text(first), first.rank.said)
        } else if nodes.contains(where: { answers[$0]?.value?.ranks.isEmpty != false }) {
            let mute = nodes.filter { answers[$0]?.value?.ranks.isEmpty != false }
            self.init(mute, "no rank has said anything", [])
        } else {
            self.init(late: stuck, in: nodes)
        }
    }

    /// The time was over: those that are behind the others have held them up.
    private init(late stuck: [Stuck], in nodes: [String]) {
        let behind = stuck.map(\.rank.step).min()
        let last = stuck.filter { $0.rank.step == behind }
        let isOneBehind = Set(last.map(\.node)).count < nodes.count
        let first = last.first
        let text = first.map { "rank \($0.number) is still \($0.rank.step.text)" } ?? "times are missing"
        self.init(isOneBehind || nodes.count == 1 ? last.map(\.node) : [], text, first?.rank.said ?? [])
    }

    private init(_ blamed: [String], _ text: String, _ said: [String]) {
        var names: [String] = []
        for node in blamed where !names.contains(node) { names.append(node) }
        self.blamed = names
        self.text = text
        self.said = said.suffix(4).map { Cut.short(Cut.trim($0), 160) }
    }

    private static func text(_ stuck: Stuck) -> String {
        let why = stuck.rank.error ?? "it ended with \(stuck.rank.end ?? "no word")"
        return "rank \(stuck.number) failed while \(stuck.rank.step.text): \(why)"
    }

    private static func isConsequence(_ error: String?) -> Bool {
        guard let error else { return false }
        return consequences.contains { Cut.contains(error, $0) }
    }
}
