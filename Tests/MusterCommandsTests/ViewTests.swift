import MusterEngines
import MusterPlan
import MusterSpec
import MusterSupervision
import MusterTerminal
import MusterTesting
import Testing

@testable import MusterCommands
@testable import MusterRuntime

private let widths = [60, 100]

/// Scripts change for reasons that are no view's: their hashes are made the same.
func unhashed(_ text: String) -> String {
    GoldenFilter.digests(text).replacing(/\b[0-9a-f]{12}\b/, with: "0123456789ab")
}

/// The lines as a golden has them; each must fit and carry no spaces at its end.
private func check(_ lines: [String], _ name: String, fits width: Int? = nil) {
    if let width { for line in lines { #expect(DisplayWidth.of(line) <= width, "\(line)") } }
    for line in lines { #expect(!line.hasSuffix(" "), "[\(line)]") }
    expectGolden(unhashed(lines.joined(separator: "\n") + "\n"), name)
}

@Suite("PlanView")
struct PlanViewTests {
    @Test("is what it was", arguments: widths)
    func wide(_ width: Int) throws {
        check(PlanView(plan: try widePlan(), width: width, style: .plain).lines, "plan-wide-\(width)")
    }

    @Test("shows an example file with containers and secrets")
    func containers() throws {
        let plan = try plan(of: try Repository.config("vllm-2x8-tp16"))
        check(PlanView(plan: plan, width: 100, style: .plain).lines, "plan-vllm")
    }

    @Test("its colours change nothing else")
    func colours() throws {
        let plan = try widePlan()
        let painted = PlanView(plan: plan, width: 60, style: Style(isColoured: true)).lines.joined(separator: "\n")
        let plain = painted.replacing(/\u{1B}\[[0-9;]*m/, with: "")
        #expect(
            painted != plain && plain == PlanView(plan: plan, width: 60, style: .plain).lines.joined(separator: "\n")
        )
    }
}

@Suite("StartView")
struct StartViewTests {
    /// What the last good start took: 6m 40s.
    private static let learned: [Phase: Duration] = [
        .spawned: .seconds(20), .weights: .seconds(260), .graphs: .seconds(80), .initialized: .seconds(40),
    ]

    private func start(
        _ progress: GangProgress,
        _ learned: [Phase: Duration] = Self.learned,
        spent: Int = 30,
        _ stall: Stall? = nil
    ) -> StartProgress {
        StartProgress(progress, StartForecast(learned: learned), spent: .seconds(spent), stall: stall)
    }

    private func lines(
        _ plan: LaunchPlan,
        _ progress: GangProgress,
        _ state: StartMachine.State,
        start: StartProgress? = nil,
        width: Int
    ) -> [String] {
        StartView(
            plan: plan,
            progress: progress,
            start: start ?? self.start(progress),
            state: state,
            elapsed: .milliseconds(83_400),
            width: width,
            style: .plain
        ).lines
    }

    @Test("shows where each unit and the whole gang is", arguments: widths)
    func phases(_ width: Int) throws {
        let plan = try widePlan()
        var shown: [String] = []
        let bar = "Loading safetensors checkpoint shards:  10% Completed | 41/163 [00:01<00:09, 1.1it/s]"
        var loading = try plan.progress("Load weight begin.", ranks: 4)
        _ = loading.take(try #require(plan.knowledge.signal(in: bar[...])), from: NodeRank(0))
        var serving = try plan.progress("max_total_num_tokens=9", ranks: 4)
        _ = serving.take(
            try #require(plan.knowledge.signal(in: "INFO:     Uvicorn running on http://0.0.0.0:8000")),
            from: NodeRank(0)
        )
        let steps: [(String, GangProgress, StartMachine.State)] = [
            ("nothing yet", GangProgress(plan), .launching(waitingFor: [NodeRank(0), NodeRank(1)])),
            ("three joined", try plan.progress("Init torch distributed ends.", ranks: 3), .starting),
            ("weights", loading, .starting),
            ("serving", serving, .probing(.generation)),
            ("stopping", try plan.progress("Load weight end.", ranks: 1), .fencing(.interrupted)),
        ]
        for (name, progress, state) in steps { shown += ["# \(name)"] + lines(plan, progress, state, width: width) }
        let stall = Stall(
            phase: .weights,
            ranks: [GlobalRank(2), GlobalRank(3)],
            quiet: .seconds(420),
            limit: .seconds(780),
            lastGood: .seconds(260),
            unit: NodeRank(1)
        )
        let others: [(String, StartProgress)] = [
            ("never started well before", start(loading, [:])), ("longer than before", start(serving, spent: 50)),
            ("nearly there", start(serving, spent: 5)), ("a stall", start(loading, spent: 420, stall)),
        ]
        for (name, start) in others {
            shown += ["# \(name)"] + lines(plan, loading, .starting, start: start, width: width)
        }
        check(shown, "start-\(width)", fits: width)
    }

    @Test("never is wider than asked", arguments: [40, 41, 55, 60, 79])
    func narrow(_ width: Int) throws {
        let plan = try widePlan()
        let progress = try plan.progress("max_total_num_tokens=9", ranks: 3)
        for line in lines(plan, progress, .probing(.generation), width: width) {
            #expect(DisplayWidth.of(line) <= width)
        }
    }

    @Test("is drawn from a daemon's status, too")
    func status() throws {
        let plan = try widePlan()
        let bar = "Loading safetensors checkpoint shards:  10% Completed | 41/163 [00:01<00:09, 1.1it/s]"
        var progress = try plan.progress("Load weight begin.", ranks: 4)
        _ = progress.take(try #require(plan.knowledge.signal(in: bar[...])), from: NodeRank(0))
        let report = try plan.report([0: plan.records(0), 1: plan.records(1)], api: nil, progress)
        let kept = StatusDocument(report, start: start(progress))
        let status = try StatusDocument(reading: kept.json.compact)
        let elapsed = Duration.milliseconds(83_400)
        let view = StartView(status: status, elapsed: elapsed, width: 100, style: .plain)
        #expect(view.lines == lines(plan, progress, .starting, width: 100))
        #expect(view.lines.contains { $0.hasSuffix(" 41/163") }, "\(view.lines)")
        #expect(view.lines.contains { $0.hasSuffix("(last start took 6m 40s)") }, "\(view.lines)")
        // Without a daemon, and from one of an earlier release.
        let other = StartView(status: StatusDocument(report), elapsed: elapsed, width: 100, style: .plain)
        #expect(other.lines.last == "  1m 23s  rendezvous 4/4")
        #expect(try StatusDocument(reading: Self.withoutStart(kept)).start == nil)
    }

    private static func withoutStart(_ status: StatusDocument) -> String {
        status.json.compact.replacing(/, "start": .*$/, with: "}")
    }

    @Test("colours a stall and nothing else")
    func colours() throws {
        let plan = try widePlan()
        let stall = Stall(phase: .spawned, ranks: [GlobalRank(1)], quiet: .seconds(9), limit: .seconds(9))
        let progress = GangProgress(plan)
        let view = StartView(
            plan: plan,
            progress: progress,
            start: start(progress, Self.learned, stall),
            state: .starting,
            elapsed: .seconds(1),
            width: 300,
            style: Style(isColoured: true)
        )
        #expect(view.lines.last?.hasPrefix("  \u{1B}[33mrank 1 on ") == true)
        #expect(view.lines.dropLast().allSatisfy { !$0.contains("\u{1B}") })
    }

    @Test("counts the nodes that have no line, and lines up the others")
    func manyNodes() throws {
        let plan = try plan(of: clusterFile(nodes: "\"10.0.0.[1-20]\"", tensor: 160))
        check(lines(plan, GangProgress(plan), .starting, width: 60), "start-many", fits: 60)
    }
}

@Suite("MilestoneText")
struct MilestoneTextTests {
    @Test("has words for every point of a start and every failure")
    func all() throws {
        let plan = try widePlan()
        let stall = Stall(
            phase: .weights,
            ranks: [GlobalRank(2), GlobalRank(3)],
            quiet: .seconds(420),
            limit: .seconds(780),
            lastGood: .seconds(260),
            unit: NodeRank(1)
        )
        let failures: [Failure] = [
            .unitEnded(NodeRank(1), .exited(status: 137)), .unitEnded(NodeRank(0), .lost),
            .launchRefused(NodeRank(1), "no space left"),
            .timedOut(after: .seconds(2400), in: "2 of 4 ranks in phase weights"),
            .contactLost(NodeRank(0), for: .seconds(31)),
            .workersMissing(NodeRank(1), [GlobalRank(2), GlobalRank(3)]), .interrupted,
            .contactLost(NodeRank(9), for: .seconds(30)), .stalled(stall),
        ]
        let milestones: [StartMachine.Milestone] =
            [.allStarted(1), .allStarted(4), .rendezvous(4)] + Phase.allCases.map { .phase($0) }
            + ReadinessLayer.allCases.map { .layer($0) }
            + [.ready, .contactLost(NodeRank(0)), .contactRestored(NodeRank(1)), .standsStill(stall)]
            + failures.map { .failed($0) }
        var lines = milestones.map { $0.text(in: plan) }
        lines += failures.map { "\($0.code)  \($0.text(in: plan))" }
        check(lines, "milestones")
        for failure in failures { #expect(DiagnosticCatalog.page(for: failure.code) != nil) }
    }
}

@Suite("ReplaceQuestion")
struct ReplaceQuestionTests {
    private func lines(
        _ standing: ObservedDeployment.Standing,
        _ differences: [NodeRank: ScriptDiff] = [:]
    ) throws -> [String] {
        ReplaceQuestion(plan: try widePlan(), standing: standing, differences: differences).lines(style: .plain)
    }

    @Test("says what runs instead of the plan")
    func standings() throws {
        let (first, second) = (NodeRank(0), NodeRank(1))
        let change = ScriptDiff(old: "# node a\nexport A=1\nrun --x 1\n", new: "# node b\nexport A=1\nrun --x 2\n")
        let other = ScriptDiff(old: "a\n", new: "a\nb\n")
        let standings: [(String, ObservedDeployment.Standing, [NodeRank: ScriptDiff])] = [
            (
                "the same change twice", .different(generation: 3, units: [first, second]),
                [first: change, second: change]
            ),
            ("two changes", .different(generation: 3, units: [first, second]), [first: change, second: other]),
            ("a script that cannot be read back", .different(generation: 3, units: [second]), [:]),
            ("one is missing", .broken(generation: 3, alive: [first], missing: [second]), [:]),
            ("all are missing", .broken(generation: 3, alive: [], missing: [first, second]), [:]),
            ("one too many", .broken(generation: 3, alive: [first, second], missing: []), [:]),
        ]
        check(try standings.flatMap { ["# \($0.0)"] + (try lines($0.1, $0.2)) }, "replace")
    }

    @Test("asks nothing where there is nothing to replace")
    func nothing() throws {
        #expect(
            try lines(.absent).isEmpty && lines(.running(generation: 3)).isEmpty
                && lines(.unknown(unasked: [NodeRank(0)])).isEmpty
        )
    }
}

@Suite("StatusView")
struct StatusViewTests {
    /// What nodes and the API say.
    enum Situation: String, CaseIterable, CustomTestStringConvertible {
        case healthy, loading, absent, different, broken, unreachable, dark

        var testDescription: String { rawValue }

        func report() throws -> StatusReport {
            let plan = try widePlan()
            let ended = "exit wide 3 1 137 1764000100"
            return switch self {
            case .healthy:
                try plan.report(
                    [0: plan.records(0), 1: plan.records(1)],
                    api: .success(()),
                    try plan.progress("max_total_num_tokens=9", ranks: 4)
                )
            case .loading:
                try plan.report(
                    [
                        0: plan.records(0) + ["lock wide alice@laptop:4711:up:1764000000"],
                        1: plan.records(1, workers: 0),
                    ],
                    api: .failure(ProbeProblem("the connection was closed without an answer")),
                    try plan.progress("Load weight begin.", ranks: 2)
                )
            case .absent: try plan.report([0: [], 1: plan.records(1, "staged", workers: 0)], api: nil)
            case .different:
                try plan.report([0: plan.records(0), 1: plan.records(1, hash: "0123456789abcdef")], api: .success(()))
            case .broken:
                try plan.report(
                    [0: plan.records(0, workers: 1), 1: plan.records(1, "exited", workers: 0) + [ended]],
                    api: .failure(ProbeProblem("/health answers 503"))
                )
            case .unreachable: try plan.report([0: plan.records(0)], api: .success(()))
            case .dark: try plan.report([:], api: nil)
            }
        }
    }

    @Test("is what it was", arguments: Situation.allCases, widths)
    func text(_ situation: Situation, _ width: Int) throws {
        let view = StatusView(status: StatusDocument(try situation.report()), width: width, style: .plain)
        let lines = view.lines(ranks: true)
        check(lines, "status-\(situation)-\(width)")
        for line in lines.drop(while: { !$0.isEmpty }) { #expect(DisplayWidth.of(line) <= width, "\(line)") }
        #expect(view.lines(ranks: false) == Array(lines.prefix(view.lines(ranks: false).count)))
    }

    @Test("is the same in JSON", arguments: Situation.allCases)
    func json(_ situation: Situation) throws {
        expectGolden(unhashed(Documents.status([try situation.report()]).pretty + "\n"), "status-\(situation)-json")
    }

    @Test("is read back as it was written", arguments: Situation.allCases)
    func roundTrip(_ situation: Situation) throws {
        let status = StatusDocument(try situation.report())
        #expect(try StatusDocument(reading: status.json.compact) == status)
    }

    @Test("a daemon's lines stand below the heading, and its lock is no news")
    func kept() throws {
        let status = StatusDocument(try Situation.loading.report())
        let view = StatusView(status: status, kept: ["musterd starting"], width: 100, style: .plain)
        #expect(view.lines(ranks: false)[2] == "musterd starting")
        #expect(!view.lines(ranks: true).contains { $0.hasPrefix("busy: ") })
    }

    @Test("a unit that was stopped has not failed")
    func stopped() throws {
        let plan = try widePlan()
        let ended = plan.records(1, "exited", workers: 0) + ["exit wide 3 1 143 1764000100", "stopped wide 3 1"]
        let status = StatusDocument(try plan.report([0: plan.records(0), 1: ended], api: nil))
        #expect(status.units.map(\.wasStopped) == [false, true])
        let lines = StatusView(status: status, width: 100, style: .plain).lines(ranks: false)
        #expect(lines.last?.contains("  stopped ") ?? false, "\(lines)")
    }

    @Test("is healthy in one situation only")
    func healthy() throws {
        #expect(try Situation.allCases.filter { try $0.report().isHealthy } == [.healthy])
    }
}
