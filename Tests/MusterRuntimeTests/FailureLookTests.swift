import MusterEngines
import MusterSimulation
import MusterSpec
import MusterSupervision
import Testing

@testable import MusterRuntime

/// Why a gang failed, as it is read back from its nodes.
@Suite("FailureLook", .timeLimit(.minutes(5)))
struct FailureLookTests {
    private static let oom =
        "[2026-03-04 05:06:07 TP3] torch.OutOfMemoryError: CUDA out of memory. Tried \(Kept.canary)\n"
    private static let closed =
        "[2026-03-04 05:06:09 TP0] RuntimeError: [../gloo/transport/tcp/pair.cc:534] Connection closed by peer [10.0.0.2]:1\n"

    /// A gang that was ready, of which one unit ended.
    private func fail(_ kept: Kept) async throws {
        try await kept.bringUp()
        kept.cluster.print(Array(Self.closed.utf8), by: NodeRank(0))
        kept.cluster.print(Array(Self.oom.utf8), by: NodeRank(1))
        kept.cluster.kill(NodeRank(1))
        try await kept.event("fenced")
    }

    @Test("the daemon tells it of each generation that fails, without secrets, and the record keeps it")
    func told() async throws {
        try await Kept.with { kept in
            try await fail(kept)
            let event = try await kept.event("explained")
            guard case .explained(0, 1, let answer?) = event else {
                Issue.record("no answer in \(event)")
                return
            }
            #expect(answer.id == "cuda-oom" && answer.node == "node2" && answer.rank == "TP3" && answer.suffered == 1)
            #expect(
                !answer.evidence.joined().contains(Kept.canary) && answer.evidence[0].contains("CUDA out of memory")
            )
            #expect(event.text.hasPrefix("generation 1 failed of cuda-oom: TP3 on node2 at "))
            let failure = await kept.supervisor.snapshot.record.replica(0).failure
            #expect(failure?.generation == 1 && failure?.answer == answer)
            // The restart does not wait for it, and forgets nothing.
            try await kept.event("ready", 2)
            #expect(await kept.supervisor.snapshot.record.replica(0).failure == failure)
        }
    }

    @Test("a wish is no failure, and nobody looks why it ended")
    func wish() async throws {
        try await Kept.with { kept in
            try await kept.bringUp()
            kept.cluster.print(Array(Self.closed.utf8), by: NodeRank(0))
            _ = try await kept.supervisor.wish(by: "alice") { $0.down(at: $1) }
            try await kept.event("stopped")
            let look = await Self.look(kept)
            #expect(look.answer == nil && look.generation == 1 && !look.hasEnded)
            #expect(try await !kept.events().map(\.kind).contains("explained"))
        }
    }

    @Test("the kernel's word is taken in, from the launch on")
    func kernel() async throws {
        try await Kept.with { kept in
            // Long before the launch, and after it.
            kept.cluster.report("[   12.000001] NVRM: Xid (PCI:0000:91:00): 48, pid=9", on: "node1")
            kept.cluster.report(
                "[ 9000.000001] NVRM: Xid (PCI:0000:91:00): 79, GPU has fallen off the bus",
                on: "node2"
            )
            try await kept.bringUp()
            kept.cluster.kill(NodeRank(1))
            guard case .explained(_, _, let answer?) = try await kept.event("explained") else {
                Issue.record("no answer")
                return
            }
            #expect(answer.id == "xid-79-off-bus" && answer.source == "the kernel of node2", "\(answer)")
        }
    }

    @Test("times without a year are the node's, so that the kernel's word is known for the reason of vLLM's")
    func yearless() async throws {
        try await Kept.with { kept in
            kept.cluster.report("[ 5010.000001] NVRM: Xid (PCI:0000:91:00): 48, pid=9", on: "node2")
            try await kept.bringUp()
            let line = "(Worker_TP3 pid=9) ERROR 03-04 05:36:11 CUDA error: uncorrectable ECC error encountered"
            kept.cluster.print(Array("\(line)\n".utf8), by: NodeRank(1))
            kept.cluster.kill(NodeRank(1))
            guard case .explained(_, _, let answer?) = try await kept.event("explained") else {
                Issue.record("no answer")
                return
            }
            #expect(answer.id == "xid-48-dbe" && answer.evidence.contains(line), "\(answer)")
            let look = await Self.look(kept, 1)
            #expect(look.answer?.time?.text.hasPrefix("20") == true && look.answer?.id == "xid-48-dbe")
        }
    }

    @Test("a kernel that keeps its log from the user is named, and the rest is told all the same")
    func closedKernel() async throws {
        try await Kept.with { kept in
            kept.cluster.closeKernel(of: "node1")
            try await fail(kept)
            let look = await Self.look(kept, 1)
            #expect(look.closedKernels == ["node1"] && look.unread.isEmpty && look.answer?.id == "cuda-oom")
            let json = WhyDocument("kept", look).json.compact
            #expect(json.contains(#""closed_kernels": ["node1"]"#) && json.contains(#""unread": []"#))
        }
    }

    @Test("a look from outside reads the generation that failed, also behind one that runs")
    func outside() async throws {
        try await Kept.with { kept in
            try await fail(kept)
            try await kept.event("ready", 2)
            let look = await Self.look(kept)
            #expect(look.generation == 1 && look.hasEnded && look.answer?.id == "cuda-oom" && look.unread.isEmpty)
            let newest = await Self.look(kept, 2)
            #expect(newest.generation == 2 && !newest.hasEnded && newest.answer == nil)
            kept.cluster.cut("node2")
            let part = await Self.look(kept, 1)
            // That one had not ended by itself: what it lost is no failure of its own.
            #expect(part.answer == nil)
            #expect(part.unread.map(\.node) == ["node2"])
        }
    }

    private static func look(_ kept: Kept, _ generation: Int? = nil) async -> FailureLook {
        let fleet = await Fleet.connect(kept.cluster.plan, link: { kept.cluster.link($0) })
        let look = await FailureLook.take(at: fleet, generation)
        await fleet.close()
        return look
    }
}

@Suite("NodeClock")
struct NodeClockTests {
    private static func clock(_ text: String) -> NodeClock? {
        let second = 1_000_000_000
        return NodeClock(
            [NodeReply.Record(line: "clock \(text)"[...])],
            asked: (LogInstant(nanoseconds: 100 * second), LogInstant(nanoseconds: 102 * second))
        )
    }

    @Test("the clock is compared with the middle of the call")
    func clock() throws {
        let clock = try #require(Self.clock("131.5 31.25 +0530"))
        #expect(clock.ahead == .milliseconds(30_500) && clock.zone == .seconds(19_800))
        #expect(clock.boot == LogInstant(nanoseconds: 100_250_000_000))
        #expect(try #require(Self.clock("71.%N 1.5 -0300")).ahead == .seconds(-30))
        #expect(Self.clock("now 1.5 +0000") == nil && Self.clock("1 2") == nil)
    }

    @Test("the kernel's lines from before a moment are left out; those without a time stay")
    func lines() {
        let log = KernelLog(said: ["[    5.000001] a", "[   31.000001] b", "no time"], refusal: nil)
        let boot = LogInstant(seconds: 100)
        #expect(log.lines(since: LogInstant(seconds: 130), boot: boot) == ["[   31.000001] b", "no time"])
        #expect(log.lines(since: nil, boot: boot) == log.said)
    }
}
