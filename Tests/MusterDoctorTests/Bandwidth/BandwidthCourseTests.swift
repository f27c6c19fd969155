import MusterSpec
import Testing

@testable import MusterDoctor

@Suite("A course of meetings")
struct BandwidthCourseTests {
    @Test("a meeting is as slow as its slowest rank, and the bus bandwidth has nccl-tests' factor")
    func figures() throws {
        var course = try Fleet().course()
        #expect(course.gpus == 32 && course.rounds.count == 5 && course.estimate == .seconds(75))
        course.hold { kind, nodes, text in
            if kind == .all, text.ranks.contains(31) { (text.small, text.large) = (99, 40_000) }
        }
        let all = try #require(course.measurements.last)
        #expect(all.kind == .all && all.ranks == 32 && all.nodes == ["gpu-1", "gpu-2", "gpu-3", "gpu-4"])
        // 2^28 B in 40 ms are 6.71 GB/s, times 2 * 31 / 32.
        #expect(all.figures?.latency == 99)
        #expect(abs((all.figures?.busBandwidth ?? 0) - 13.002) < 0.001)
        #expect(course.measurements.count == 4 + 6 + 1 && course.measurements.allSatisfy { $0.figures != nil })
    }

    @Test("the words of a member's part: its ranks, all ranks, and where they meet")
    func words() throws {
        var course = try Fleet().course()
        let within = try #require(course.next()?.meetings.first)
        let alone = within[0].command(in: within, programSize: 9000, nonce: "n", limit: .seconds(90))
        let numbers = ["10.0.0.1", "5000", "0", "8", "8", "90", "65536:50", "268435456:5"]
        #expect(Array(alone.suffix(9)) == ["nccl-tests"] + numbers)
        let pair = try #require(course.next()?.meetings.last)
        #expect(pair.map(\.name) == ["gpu-2", "gpu-3"])
        let words = pair[1].command(in: pair, programSize: 9000, nonce: "n", limit: .seconds(90))
        #expect(words[0] == "env" && words.contains("NCCL_DEBUG=INFO") && words.contains("NCCL_SOCKET_IFNAME=bond0"))
        let program = "import sys; exec(sys.stdin.read(int(sys.argv[1])))"
        #expect(
            Array(words.suffix(14))
                == [
                    "-B", "-c", program, "9000", "n", "torch", "10.0.0.2", "5000", "8", "8", "16", "90", "65536:50",
                    "268435456:5",
                ]
        )
    }

    @Test("the table of nccl-tests counts within a node; without its figures torch's do")
    func tests() throws {
        let course = try Fleet().course()
        let member = try #require(course.gangs.first?.first)
        let table = [
            "#  size  count  type  redop  root  time  algbw  busbw #wrong  time  algbw  busbw #wrong",
            "  65536  16384  float  sum  -1  31.50  2.08  3.64  0  30.11  2.18  3.81  0",
            "  268435456  67108864  float  sum  -1  20111  13.35  23.36  0  20000  13.42  23.49  0",
            "# Out of bounds values : 0 OK",
        ]
        let said = table.map { "@@n test \($0)" } + ["@@n end done", ""]
        let answer = BandwidthAnswer(Array(said.joined(separator: "\n").utf8), nonce: "n")
        let tested = BandwidthMeasurement(kind: .within, members: [member], answers: ["gpu-1": .value(answer)])
        #expect(tested.figures == .init(tool: "nccl-tests", backend: "nccl", latency: 31.5, busBandwidth: 23.49))
        let failing = ["@@n test NCCL failure", "@@n test ended status 1"].joined(separator: "\n") + "\n"
        let both = BandwidthAnswer(Array(failing.utf8) + BandwidthText(ranks: 0...7).bytes, nonce: "n")
        let timed = BandwidthMeasurement(kind: .within, members: [member], answers: ["gpu-1": .value(both)])
        #expect(timed.figures?.tool == "torch")
    }

    @Test("a node that has failed by itself is waited for no more, and the others go on")
    func failing() throws {
        var course = try Fleet().course()
        let killed = BandwidthText.broken(
            [0: "reduce 65536", 5: "reduce 268435456"],
            "@@n rank 5 ended signal 9",
            end: "failed"
        )
        while let (kind, meetings) = course.next() {
            for members in meetings {
                var answers: [String: Known<BandwidthAnswer>] = [:]
                for (place, member) in members.enumerated() {
                    answers[member.name] = .value(BandwidthText(ranks: (place * 8)...(place * 8 + 7)).answer)
                }
                if members.map(\.name) == ["gpu-3"] { answers["gpu-3"] = .value(killed) }
                course.take(kind, members, answers)
            }
        }
        let failure = course.measurements.compactMap(\.failure)
        #expect(failure.map(\.blamed) == [["gpu-3"]])
        #expect(failure.map(\.text) == ["rank 5 was ended by signal 9 while reducing 256 MiB"])
        let left = course.measurements.filter { $0.outcome == .notTried("gpu-3 failed before") }
        #expect(left.count == 4 && left.last?.kind == .all)
        #expect(course.measurements.filter { $0.kind == .pairs && $0.figures != nil }.count == 3)
    }
}
