import MusterEngines
import MusterPlan
import MusterSpec
import Testing

@testable import MusterSupervision

@Suite("StartForecast")
struct StartForecastTests {
    private let forecast = StartForecast(learned: [
        .spawned: .seconds(10), .connected: .seconds(10), .weights: .seconds(100), .graphs: .seconds(60),
        .initialized: .seconds(20),
    ])

    private func counter(_ done: Int, _ total: Int) throws -> LogSignal.Progress {
        let plan = try Example.sglangOneNode.plan()
        let bar = "Loading safetensors checkpoint shards:  1% Completed | \(done)/\(total) [00:01<00:09, 1.1it/s]"
        return try #require(try plan.signal(bar).progress)
    }

    @Test("a start is as far as the phases behind it took last time")
    func fractions() {
        #expect(forecast.fraction(in: .spawned, part: 0) == 0)
        #expect(forecast.fraction(in: .weights, part: 0) == 0.1)
        #expect(forecast.fraction(in: .weights, part: 0.5) == 0.35)
        #expect(forecast.fraction(in: .loaded, part: 0.5) == 0.6)
        #expect(forecast.fraction(in: .initialized, part: 1) == 1)
    }

    @Test("without a last time it rises from phase to phase, and nothing is promised")
    func unknown() {
        let forecast = StartForecast(learned: [:])
        let fractions = Phase.allCases.map { forecast.fraction(in: $0, part: 0) }
        #expect(fractions == fractions.sorted() && fractions.first == 0 && fractions.last == 1)
        #expect(Set(fractions.prefix(8)).count == 8)
        #expect(forecast.remaining(in: .weights, nil, spent: .seconds(3)) == nil && forecast.lastTook == nil)
    }

    @Test("what is left of a phase is what it took less what is spent, and the phases behind it")
    func remaining() throws {
        #expect(forecast.lastTook == .seconds(200))
        #expect(forecast.remaining(in: .spawned, nil, spent: .zero) == .seconds(200))
        #expect(forecast.remaining(in: .weights, nil, spent: .seconds(30)) == .seconds(150))
        #expect(forecast.remaining(in: .weights, nil, spent: .seconds(300)) == .seconds(80))
        #expect(forecast.remaining(in: .initialized, nil, spent: .seconds(21)) == .zero)
    }

    @Test("a counter tells the pace of this start once it says enough")
    func pace() throws {
        // Twenty seconds for one in twenty would be 400 in all; that early, it still is what it took last time.
        #expect(forecast.remaining(in: .weights, try counter(1, 20), spent: .seconds(20)) == .seconds(175))
        // Cold files: 50 s for a quarter, so 150 more.
        #expect(forecast.remaining(in: .weights, try counter(5, 20), spent: .seconds(50)) == .seconds(230))
        #expect(forecast.part(of: .weights, try counter(5, 20), spent: .zero) == 0.25)
        #expect(forecast.part(of: .weights, nil, spent: .seconds(50)) == 0.5)
        #expect(forecast.part(of: .weights, nil, spent: .seconds(500)) == 0.95)
        #expect(forecast.part(of: .memory, nil, spent: .seconds(500)) == 0)
    }

    @Test("a gang is as far as its slowest rank, and those that print nothing as the one that counts")
    func gang() throws {
        let plan = try Example.sglangOneNode.plan()
        var progress = GangProgress(plan)
        for rank in 0..<8 { _ = progress.take(try plan.line(.weights, rank: rank), from: NodeRank(0)) }
        let bar = "Loading safetensors checkpoint shards:  1% Completed | 41/82 [00:01<00:09, 1.1it/s]"
        _ = progress.take(try plan.signal(bar), from: NodeRank(0))
        _ = progress.take(try plan.line(.graphs, rank: 5), from: NodeRank(0))
        let start = StartProgress(progress, forecast, spent: .seconds(50))
        #expect(start.ranks[GlobalRank(0)] == 0.35 && start.ranks[GlobalRank(7)] == 0.35)
        #expect(start.ranks[GlobalRank(5)] == 0.6)
        #expect(start.fraction == 0.35 && start.remaining == .seconds(130) && start.lastTook == .seconds(200))
    }
}
