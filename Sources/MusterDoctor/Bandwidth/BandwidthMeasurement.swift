import MusterSpec

/// What one meeting came to.
package struct BandwidthMeasurement: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        case figures(Figures)
        case failed(BandwidthFailure)
        /// With the reason.
        case notTried(String)
    }

    package struct Figures: Hashable, Sendable {
        /// `torch` or `nccl-tests`.
        package let tool: String
        /// `nccl`, or `gloo`, which measures CPUs and says nothing of GPUs.
        package let backend: String
        /// Of one reduction of the small message, in microseconds.
        package let latency: Double
        /// Of the large message, in decimal GB/s.
        package let busBandwidth: Double
    }

    package let kind: BandwidthRound.Kind
    /// In rank order.
    package let nodes: [String]
    package let ranks: Int
    package let outcome: Outcome

    package var figures: Figures? {
        guard case .figures(let figures) = outcome else { return nil }
        return figures
    }

    package var failure: BandwidthFailure? {
        guard case .failed(let failure) = outcome else { return nil }
        return failure
    }

    package init(kind: BandwidthRound.Kind, nodes: [String], ranks: Int, outcome: Outcome) {
        self.kind = kind
        self.nodes = nodes
        self.ranks = ranks
        self.outcome = outcome
    }

    /// Judges what the nodes said. A reduction has taken as long as it took the slowest rank.
    ///
    /// - Parameters:
    ///   - kind: Of the round.
    ///   - members: Who took part, in rank order.
    ///   - answers: By node; the reason, for one that could not take part.
    package init(
        kind: BandwidthRound.Kind,
        members: [BandwidthMember],
        answers: [String: Known<BandwidthAnswer>]
    ) {
        let ranks = members.reduce(0) { $0 + $1.gpus }
        let names = members.map(\.name)
        let outcome: Outcome
        if let figures = Self.tested(answers, ranks) ?? Self.timed(answers, ranks) {
            outcome = .figures(figures)
        } else {
            outcome = .failed(BandwidthFailure(nodes: names, answers: answers))
        }
        self.init(kind: kind, nodes: names, ranks: ranks, outcome: outcome)
    }

    /// The table of nccl-tests.
    private static func tested(_ answers: [String: Known<BandwidthAnswer>], _ ranks: Int) -> Figures? {
        guard answers.count == 1, let answer = answers.values.first?.value, answer.end == .done, answer.testEnd == nil,
            !answer.test.isEmpty,
            let test = NCCLTest.read(Array(answer.test.joined(separator: "\n").utf8)).value,
            let small = test.rows.first(where: { $0.size == BandwidthSize.small.bytes }),
            test.rows.contains(where: { $0.size == BandwidthSize.large.bytes }), let peak = test.peakBusBandwidth,
            peak > 0
        else { return nil }
        return Figures(tool: "nccl-tests", backend: "nccl", latency: small.outOfPlace.time, busBandwidth: peak)
    }

    private static func timed(_ answers: [String: Known<BandwidthAnswer>], _ ranks: Int) -> Figures? {
        var said: [Int: BandwidthAnswer.Rank] = [:]
        for answer in answers.values.compactMap(\.value) { said.merge(answer.ranks) { own, _ in own } }
        let all = (0..<ranks).compactMap { said[$0] }.filter(\.isDone)
        func slowest(_ size: ByteCount) -> Double? {
            let times = all.compactMap { $0.times[size.bytes] }
            return times.count == ranks ? times.max() : nil
        }
        let backends = Set(all.compactMap(\.backend))
        guard let latency = slowest(BandwidthSize.small), let time = slowest(BandwidthSize.large),
            let bandwidth = BandwidthSize.busBandwidth(of: BandwidthSize.large, in: time, ranks: ranks),
            let backend = backends.first, backends.count == 1
        else { return nil }
        return Figures(tool: "torch", backend: backend, latency: latency, busBandwidth: bandwidth)
    }
}
