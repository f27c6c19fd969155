import Foundation
import MusterSpec
import MusterTesting
import Testing

@testable import MusterDoctor

/// The program that runs on nodes, with a torch that stands in, and with a real one where there is one.
@Suite("The program that measures")
struct BandwidthProgramTests {
    /// An interpreter that has a real torch, which need not have a GPU.
    private static let real = ProcessInfo.processInfo.environment["MUSTER_TORCH_PYTHON"]

    /// Runs the program until it says its end, then closes its input, and waits for its own end: $1 is the program, the
    /// rest the interpreter and the words.
    private static let script = """
        program=$1; shift; mkfifo in || exit 1
        "$@" <in >out 2>&1 & pid=$!
        exec 3>in; cat "$program" >&3
        while ! grep -q '^@@n end' out; do kill -0 $pid 2>/dev/null || break; sleep 0.02; done
        exec 3>&-; wait $pid; cat out
        """

    private func run(
        _ python: String,
        ranks: Int,
        tool: String = "torch",
        limit: Int = 60,
        sizes: [String] = ["65536:20", "1048576:3"],
        _ variables: [String: String] = [:]
    ) async throws -> BandwidthAnswer {
        try await withScratch { scratch in
            let program = Repository.root.appending(path: "Sources/CNodeScript/bandwidth.py")
            let size = try Data(contentsOf: program).count
            let port = Int.random(in: 20_000..<30_000)
            let starter = "import sys; exec(sys.stdin.read(int(sys.argv[1])))"
            let words = [
                python, "-B", "-c", starter, "\(size)", "n", tool, "127.0.0.1", "\(port)", "0", "\(ranks)", "\(ranks)",
                "\(limit)",
            ]
            var command = LocalCommand(["sh", "-c", Self.script, "sh", program.path] + words + sizes)
            command.directory = scratch.path
            command.environment.merge(["GLOO_SOCKET_IFNAME": "lo"]) { $1 }
            command.environment.merge(variables) { $1 }
            let result = try await command.run()
            return BandwidthAnswer(result.stdout, nonce: "n")
        }
    }

    private static func standIn(_ more: [String: String] = [:]) -> [String: String] {
        let engines = Repository.root.appending(path: "Deploy/lab/engines").path
        return ["PYTHONPATH": engines, "STANDIN_ADDRESS": "127.0.0.1", "STANDIN_CONTROL": "/nowhere"].merging(more) {
            $1
        }
    }

    @Test("every rank tells its times, NCCL's lines come along, and what was sent is counted")
    func whole() async throws {
        let answer = try await run("python3", ranks: 3, Self.standIn())
        #expect(answer.end == .done && answer.ranks.keys.sorted() == [0, 1, 2])
        #expect(answer.ranks.values.allSatisfy { $0.isDone && $0.backend == "nccl" && $0.times.count == 2 })
        // Of a mebibyte three ranks send 4/3, which takes the stand-in 700 us at 2 GB/s.
        #expect(answer.ranks.values.allSatisfy { $0.times[1 << 20] ?? 0 > 690 })
        #expect(answer.log.contains { $0.contains("NCCL INFO Using network Socket") })
        #expect(answer.after.interfaces["lo"] ?? 0 > answer.before.interfaces["lo"] ?? .max)
    }

    @Test("without a GPU it is gloo, and it says so")
    func processors() async throws {
        let answer = try await run("python3", ranks: 2, Self.standIn(["STANDIN_GPUS": "0"]))
        #expect(answer.end == .done && answer.ranks.values.allSatisfy { $0.backend == "gloo" } && answer.log.isEmpty)
    }

    @Test("a rank that dies ends it at once, with how it ended")
    func death() async throws {
        let answer = try await run(
            "python3",
            ranks: 2,
            Self.standIn(["STANDIN_FAIL": "rank=1,phase=measure,signal=9"])
        )
        #expect(answer.end == .failed && answer.ranks[1]?.end == "signal 9" && answer.ranks[1]?.isDone == false)
        let log = try await run(
            "python3",
            ranks: 2,
            Self.standIn(["STANDIN_FAIL": "rank=1,phase=measure,log=CUDA error: out of memory"])
        )
        #expect(log.end == .failed && log.ranks[1]?.error == "DiedOfLog: CUDA error: out of memory")
        #expect(log.ranks[1]?.said.last?.hasSuffix("CUDA error: out of memory") == true)
    }

    @Test("a rank that hangs costs the limit, and says where it was")
    func hang() async throws {
        let failing = Self.standIn(["STANDIN_FAIL": "rank=0,phase=measure,hang=1"])
        let clock = ContinuousClock()
        var answer: BandwidthAnswer?
        let elapsed = try await clock.measure { answer = try await run("python3", ranks: 2, limit: 2, failing) }
        #expect(answer?.end == .late && answer?.ranks[0]?.step == .reducing(1 << 20))
        #expect(elapsed > .seconds(2))
    }

    @Test("a rank that never stops talking does not stop the clock, and its last words are told")
    func chatter() async throws {
        try await withScratch { scratch in
            try scratch.write("import os\nwhile True:\n    os.write(1, b'still here\\n' * 4096)\n", to: "torch.py")
            let answer = try await run("python3", ranks: 1, limit: 2, ["PYTHONPATH": scratch.path])
            #expect(answer.end == .late && answer.ranks[0]?.step == .importing)
            #expect(answer.ranks[0]?.said.last == "still here")
        }
    }

    @Test("nccl-tests come first where they are; where they fail torch measures")
    func tests() async throws {
        try await withScratch { scratch in
            let path = "\(scratch.path):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
            try scratch.write("#!/bin/sh\necho \"table of $*\"\n", to: "all_reduce_perf", mode: 0o755)
            let variables = Self.standIn(["PATH": path])
            let good = try await run("python3", ranks: 2, tool: "nccl-tests", variables)
            #expect(good.end == .done && good.test == ["table of -g 2 -b 65536 -e 1048576 -f 16"] && good.ranks.isEmpty)
            try scratch.write("#!/bin/sh\necho no GPU; exit 3\n", to: "all_reduce_perf", mode: 0o755)
            let bad = try await run("python3", ranks: 2, tool: "nccl-tests", variables)
            #expect(bad.end == .done && bad.testEnd == "status 3" && bad.ranks.count == 2)
        }
    }

    @Test("no interpreter, or one without torch, fails with the reason")
    func bare() async throws {
        let answer = try await run("python3", ranks: 1, ["PYTHONPATH": "/nowhere", "PYTHONNOUSERSITE": "1"])
        #expect(answer.end == .failed && answer.ranks[0]?.step == .importing)
        #expect(answer.ranks[0]?.error == "ModuleNotFoundError: No module named 'torch'")
    }

    @Test("it needs no newer Python than nodes have, and is plain ASCII")
    func source() async throws { try await PythonSource("Sources/CNodeScript/bandwidth.py").expect(minor: 8) }

    @Test(
        "a real torch does the same",
        .enabled(
            if: real != nil,
            "SKIPPED, not tested: MUSTER_TORCH_PYTHON names no interpreter with a real torch"
        )
    )
    func realTorch() async throws {
        let python = try #require(Self.real)
        let answer = try await run(python, ranks: 2, sizes: ["65536:20", "16777216:3"])
        #expect(answer.end == .done && answer.ranks.count == 2, "\(answer)")
        #expect(answer.ranks.values.allSatisfy { $0.isDone && $0.backend != nil && $0.times.count == 2 })
        #expect(answer.ranks.values.allSatisfy { ($0.times[65536] ?? 0) < ($0.times[16 << 20] ?? 0) })
    }
}
