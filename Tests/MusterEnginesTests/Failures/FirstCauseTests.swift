import MusterSpec
import Testing

@testable import MusterEngines

@Suite("First cause")
struct FirstCauseTests {
    private static let oom = "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.00 GiB."
    private static let closed =
        "RuntimeError: [../gloo/transport/tcp/pair.cc:534] Connection closed by peer [10.0.0.2]:1"

    private static func answer(_ logs: [(String, Duration, [String])], exits: [ExitRecord] = []) -> FailureAnswer? {
        var cause = FirstCause()
        for (node, offset, lines) in logs {
            for line in lines { cause.take(Substring(line), from: source(node, offset)) }
        }
        for exit in exits { cause.take(exit) }
        return cause.answer()
    }

    private static func source(_ node: String, _ offset: Duration = .zero) -> LogSource {
        LogSource(name: "\(node).log", node: node, clockOffset: offset)
    }

    @Test("a cause is above the victims that printed first")
    func causeAboveVictims() throws {
        let answer = try #require(
            Self.answer([
                ("a", .zero, ["[2026-03-04 05:06:07 TP0] \(Self.closed)", "[2026-03-04 05:06:07 TP1] \(Self.closed)"]),
                ("b", .zero, ["[2026-03-04 05:06:08 TP8] Scheduler hit an exception: Traceback", Self.oom]),
            ])
        )
        #expect(answer.id == "cuda-oom" && answer.role == .cause && answer.rank == "TP8")
        #expect(answer.source == "b.log" && answer.time?.text == "2026-03-04 05:06:08.000")
        #expect(answer.evidence == [Self.oom, "[2026-03-04 05:06:07 TP0] \(Self.closed)"])
        #expect(answer.suffered == 2)
    }

    @Test("two causes are told apart by the nodes' own clocks")
    func clocks() throws {
        let lines = ["[2026-03-04 05:06:20 TP0] \(Self.oom)"]
        let late = ["[2026-03-04 05:06:10 TP8] CUDA error: an illegal memory access was encountered"]
        let corrected = try #require(Self.answer([("a", .seconds(15), lines), ("b", .zero, late)]))
        #expect(corrected.id == "cuda-oom" && corrected.time?.text == "2026-03-04 05:06:05.000")
        #expect(Self.answer([("a", .zero, lines), ("b", .zero, late)])?.id == "cuda-illegal-access")
    }

    @Test("clocks that nobody compared are set by when the gang met; the time told is that of the log")
    func met() throws {
        func log(_ node: String, _ lines: [String]) -> (LogSource, [String]) {
            (LogSource(name: "\(node).log", node: node), lines)
        }
        let logs = [
            log(
                "a",
                ["[2026-03-04 05:06:00 TP0] Init parallel ends. elapsed=2 s", "[2026-03-04 05:06:20 TP0] \(Self.oom)"]
            ),
            log(
                "b",
                [
                    "[2026-03-04 05:05:30 TP8] Init parallel ends. elapsed=2 s",
                    "[2026-03-04 05:05:49 TP8] CUDA error: an illegal memory access was encountered",
                ]
            ),
        ]
        for order in [logs, logs.reversed()] {
            var cause = FirstCause()
            for (source, lines) in order { cause.take(lines, from: source) }
            let answer = try #require(cause.answer())
            #expect(answer.id == "cuda-illegal-access" && answer.time?.text == "2026-03-04 05:05:49.000")
        }
        var later = FirstCause()
        later.take(logs[0].1, from: logs[0].0)
        later.take(
            logs[1].1.dropLast() + ["[2026-03-04 05:05:51 TP8] CUDA error: an illegal memory access"],
            from: logs[1].0
        )
        #expect(later.answer()?.id == "cuda-oom")
    }

    @Test("without clocks, a fault behind a lost peer is not the first where another has none before it")
    func unprovoked() {
        func answer(_ offset: Duration?) -> String? {
            var cause = FirstCause()
            let (a, b) = (
                LogSource(name: "a", node: "a", clockOffset: offset),
                LogSource(name: "b", node: "b", clockOffset: offset)
            )
            cause.take(["[2026-03-04 05:06:01 TP0] \(Self.closed)", "[2026-03-04 05:06:02 TP0] \(Self.oom)"], from: a)
            cause.take(["[2026-03-04 05:06:30 TP8] CUDA error: an illegal memory access was encountered"], from: b)
            return cause.answer()?.id
        }
        #expect(answer(nil) == "cuda-illegal-access")
        #expect(answer(.zero) == "cuda-oom")
    }

    @Test("without clocks, what lies further apart than these can be is told by time, and one log by its own order")
    func apart() {
        func answer(_ logs: [(String, [String])]) -> String? {
            var cause = FirstCause()
            for (node, lines) in logs { cause.take(lines, from: LogSource(name: node, node: node)) }
            return cause.answer()?.id
        }
        let traceback = "[2026-03-04 10:00:00 TP0] Scheduler hit an exception: Traceback"
        let access = "CUDA error: an illegal memory access was encountered"
        #expect(
            answer([
                ("u1", [traceback, "[2026-03-04 10:00:01 TP0] \(Self.oom)"]),
                ("u2", ["[2026-03-04 10:20:00 TP8] \(access)"]),
            ]) == "cuda-oom"
        )
        #expect(
            answer([
                (
                    "u1",
                    [
                        "[2026-03-04 10:00:00 TP0] \(Self.closed)", "[2026-03-04 10:00:30 TP0] \(Self.oom)",
                        "[2026-03-04 10:12:00 TP0] \(access)",
                    ]
                )
            ]) == "cuda-oom"
        )
        // The same moment, in two seconds.
        let met = "Init torch distributed ends. elapsed=1 s, mem usage=1 GB"
        #expect(
            answer([
                ("m1", ["[2026-03-04 10:00:00 TP0] \(met)", "[2026-03-04 10:05:01 TP0] \(Self.oom)"]),
                ("m2", ["[2026-03-04 10:00:01 TP8] \(met)", "[2026-03-04 10:05:01 TP8] \(access)"]),
            ]) == "cuda-oom"
        )
    }

    @Test("a log of one rank need not say whose it is")
    func namedByFile() {
        var cause = FirstCause()
        cause.take([Self.oom], from: LogSource(name: "a.rank17.log", node: "a", rank: "rank17"))
        #expect(cause.answer()?.rank == "rank17")
    }

    @Test("what the gang has survived is not the cause, unless nothing else is known")
    func survived() {
        let files = "[2026-03-02 05:06:07 TP0] OSError: [Errno 24] Too many open files"
        let end = "[2026-03-09 05:06:07 TP3] \(Self.oom)"
        #expect(Self.answer([("a", .zero, [files, end])])?.id == "cuda-oom")
        #expect(
            Self.answer([("a", .zero, [files, "[2026-03-09 05:06:07 TP3] Decode batch"])])?.id == "too-many-open-files"
        )
        // Out of memory twice, and only the second time somebody missed it.
        let again = [
            end.replacing("03-09", with: "03-02"), end,
            "[2026-03-09 05:06:08 TP4] CUDA error: an illegal memory access was encountered",
        ]
        #expect(Self.answer([("a", .zero, again)])?.time?.text == "2026-03-09 05:06:07.000")
        // A month before, on a node whose log goes on.
        let kernel = ["[Wed Feb  4 05:06:08 2026] NVRM: Xid (PCI:0000:91:00): 94, pid=9, Contained ECC error."]
        var cause = FirstCause()
        cause.take(kernel, from: LogSource(name: "a.kernel", node: "a", clockOffset: .zero))
        cause.take([files, end], from: LogSource(name: "a.log", node: "a", clockOffset: .zero))
        #expect(cause.answer()?.id == "cuda-oom")
        // A fault that was survived before one that nobody has told, and who waited for an hour waited since then.
        let oom = "[2026-03-02 10:00:00 TP1] \(Self.oom)"
        let lost = [oom, "[2026-03-02 10:50:00 TP0] GET /health 503", "[2026-03-02 10:50:01 TP0] \(Self.closed)"]
        #expect(Self.answer([("a", .zero, lost)])?.id == "cuda-oom")
        let hour =
            "Watchdog caught collective operation timeout: WorkNCCL(SeqNum=3, OpType=ALLREDUCE, Timeout(ms)=3600000)"
        let waited = [oom, "[2026-03-02 11:00:01 TP0] \(hour)"]
        #expect(
            Self.answer([("a", .zero, waited), ("b", .zero, ["[2026-03-02 11:00:01 TP8] \(hour)"])])?.id == "cuda-oom"
        )
        let endless = hour.replacing("3600000", with: "9223372036854775807")
        #expect(Self.answer([("a", .zero, ["[2026-03-02 11:00:01 TP0] \(endless)"])])?.id == "torch-watchdog-timeout")
        // Whoever hangs says nothing for a long time, and others do.
        let hang = ["[2026-03-02 05:06:07 TP0] NCCL WARN NET/IB : mlx5_0:1 Got async event : port error"]
        let watchdog = "Watchdog caught collective operation timeout: WorkNCCL(SeqNum=3, OpType=ALLREDUCE, x)"
        let timeout = "[2026-03-02 05:36:07 TP8] \(watchdog)"
        let rest = ["[2026-03-02 07:06:07 TP1] \(Self.oom)"]
        #expect(Self.answer([("a", .zero, hang + rest), ("b", .zero, [timeout])])?.id == "ib-async-port-error")
    }

    @Test("ranks that write into one log keep their own tracebacks apart")
    func interleaved() throws {
        let traceback = "[2026-03-04 05:06:07 TP0] Scheduler hit an exception: Traceback (most recent call last):"
        let lines = [
            traceback, "  File \"a.py\", line 3, in load", "[2026-03-04 05:06:07 TP1] \(Self.closed)",
            "[2026-03-04 05:06:07 TP1] Warning: KeyError: 'cache' ignored", "ValueError: inner", "",
            "During handling of the above exception, another exception occurred:", "", "Traceback", "KeyError: 'real'",
        ]
        let answer = try #require(Self.answer([("a", .zero, lines)]))
        #expect(
            answer.id == "sgl-scheduler-exception" && answer.rank == "TP0" && answer.evidence.last == "KeyError: 'real'"
        )
        let over = [
            traceback.replacing("05:06:07", with: "23:59:59"), "[2026-03-05 00:00:00 TP1] x", "ValueError: late",
        ]
        #expect(Self.answer([("a", .zero, over)])?.evidence.last == "ValueError: late")
        let vllm = [
            "(Worker_TP0 pid=9) ERROR 03-04 05:06:07 [a.py:1] Error executing method init_device. This might cause deadlock in distributed execution.",
            "(Worker_TP0 pid=9) ERROR 03-04 05:06:07 [a.py:1] Traceback (most recent call last):",
            "(Worker_TP1 pid=8) ERROR 03-04 05:06:07 [a.py:1] RuntimeError: other",
            "(Worker_TP0 pid=9) ERROR 03-04 05:06:07 [a.py:1] ValueError: own",
        ]
        let both = [
            "(Worker_TP0 pid=9) ERROR 03-04 05:06:07 [a.py:1] EngineCore failed to start.",
            "(Worker_TP1 pid=8) ERROR 03-04 05:06:07 [a.py:1] EngineCore failed to start.",
            "(Worker_TP0 pid=9) ERROR 03-04 05:06:07 [a.py:1] ValueError: zero",
            "(Worker_TP1 pid=8) ERROR 03-04 05:06:07 [a.py:1] ValueError: one",
        ]
        #expect(try #require(Self.answer([("a", .zero, both)])).evidence.last?.hasSuffix("ValueError: zero") == true)
        #expect(try #require(Self.answer([("a", .zero, vllm)])).evidence.last?.hasSuffix("ValueError: own") == true)
    }

    @Test(
        "an exception that nobody knows comes before those who then did not get through",
        arguments: [
            "Initialization failed. warmup error: x", "ibv_modify_qp failed with error Connection timed out",
        ]
    )
    func symptoms(_ later: String) {
        let own = ["[2026-03-04 05:06:07 TP0] Scheduler hit an exception: Traceback", "KeyError: 'strange'"]
        let answer = Self.answer([("a", .zero, own), ("b", .zero, ["[2026-03-04 05:06:09 TP8] \(later)"])])
        #expect(answer?.id == "sgl-scheduler-exception" && answer?.evidence.last == "KeyError: 'strange'")
    }

    @Test("who speaks is not guessed from lists and from NCCL's processes")
    func speakers() {
        let oom = Self.oom
        func rank(_ lines: String...) -> String? { Self.answer([("a", .zero, lines)])?.rank }
        #expect(rank("[2026-03-04 05:06:07 TP3] x", "[0.123, 0.55, 7]", oom) == "TP3")
        #expect(rank("[0.123, 0.55, 7]", oom) == nil && rank("[INFO] x y z", oom) == nil)
        #expect(
            rank("[2026-03-04 05:06:07 TP0] x", "gpu-1:1234:1299 [5] NCCL WARN NET/IB : Got async event : port error")
                == nil
        )
    }

    @Test("victims of a thousand ranks do not crowd out the cause")
    func crowd() {
        var lines = (0..<1024).map { "[2026-03-04 05:06:07 TP\($0)] \(Self.closed)" }
        lines.append("[2026-03-04 05:06:08 TP7] \(Self.oom)")
        #expect(Self.answer([("a", .zero, lines)])?.id == "cuda-oom")
    }

    @Test("a release's own signature is meant before one that it cannot print")
    func releases() throws {
        let narrow = try #require(FailureCatalog["sgl-int8-gemm-sm89"])
        let matcher = FailureMatcher([
            narrow, FailureSignature("other", .gpu, .fatal, .umbrella, .any, narrow.patterns, means: "", fix: ""),
        ])
        let line = Substring(
            narrow.patterns[0].pieces.map { piece -> String in
                switch piece {
                case .literal(let bytes): String(decoding: bytes, as: UTF8.self)
                case .number: "1"
                case .word, .any: "x"
                }
            }.joined()
        )
        func id(_ version: StaticString) -> String? {
            matcher.match(line, FailureSetting(.sglang, .known(version)))?.signature.id
        }
        #expect(id("0.4.4.post1") == narrow.id && id("0.5.9") == "other")
        #expect(matcher.match(line)?.signature.id == narrow.id)
    }

    @Test("the kernel's word stands before what the rank of that node says at the same moment")
    func kernel() {
        let rank = ["[2026-03-04 05:06:07 TP3] CUDA error: uncorrectable ECC error encountered"]
        let kernel = ["[Wed Mar  4 05:06:08 2026] NVRM: Xid (PCI:0000:91:00): 48, pid=9, name=python"]
        #expect(Self.answer([("a", .zero, rank + kernel)])?.id == "xid-48-dbe")
        #expect(Self.answer([("a", .zero, rank), ("b", .zero, kernel)])?.id == "cuda-ecc-uncorrectable")
        var sent = FirstCause()
        sent.take(rank, from: LogSource(name: "a.log", node: "a"))
        sent.take(kernel, from: LogSource(name: "a.dmesg", node: "a"))
        #expect(sent.answer()?.id == "xid-48-dbe" && sent.answer()?.evidence.last == rank[0])
    }

    @Test("an exception that nobody knows is the cause where others are victims, and its last line is shown")
    func unknownException() throws {
        let answer = try #require(
            Self.answer([
                ("a", .zero, ["[2026-03-04 05:06:07 TP0] Scheduler hit an exception: Traceback", Self.closed]),
                (
                    "b", .zero,
                    [
                        "[2026-03-04 05:06:09 TP8] Scheduler hit an exception: Traceback (most recent call last):",
                        "  File \"a.py\", line 3, in load", "ValueError: strange",
                    ]
                ),
            ])
        )
        #expect(answer.id == "sgl-scheduler-exception" && answer.rank == "TP8")
        #expect(answer.evidence.last == "ValueError: strange" && answer.suffered == 1)
    }

    @Test("an exit record says what no line does")
    func exits() throws {
        let victims: [(String, Duration, [String])] = [("a", .zero, ["[2026-03-04 05:06:07 TP0] \(Self.closed)"])]
        for (status, id) in [
            (137, "process-killed"), (139, "segfault"), (135, "bus-error"), (1, "process-exited"),
            (nil, "unit-vanished"),
        ] as [(Int?, String)] {
            let exit = ExitRecord(source: Self.source("b"), status: status, time: nil)
            #expect(Self.answer(victims, exits: [exit])?.id == id)
        }
        let own = ExitRecord(source: Self.source("a"), status: 1, time: nil)
        #expect(Self.answer(victims, exits: [own])?.id == "gloo-peer-closed")
    }

    @Test("a process that was killed comes before those who then waited for it, and not before an earlier hang")
    func killed() {
        let timeout = "Watchdog caught collective operation timeout: WorkNCCL(SeqNum=3, OpType=ALLREDUCE, x)"
        let waiting: [(String, Duration, [String])] = [("a", .zero, ["[2026-03-04 05:16:07 TP0] \(timeout)"])]
        let waited = LogStamp.read("2026-03-04 05:16:07".utf8.span)?.instant(around: .unknownYear, boot: nil)
        for (offset, id) in [(-600, "process-killed"), (5, "torch-watchdog-timeout")] {
            let time = waited?.moved(by: .seconds(offset))
            let exit = ExitRecord(source: Self.source("b"), status: 137, time: time)
            #expect(Self.answer(waiting, exits: [exit])?.id == id)
        }
    }

    @Test("a wrapping is not explained by what the same rank suffers much later")
    func late() {
        let lines = [
            "[2026-03-04 05:06:07 TP0] unhandled system error (run with NCCL_DEBUG=INFO for details)",
            "[2026-03-04 05:07:07 TP0] \(Self.closed)",
        ]
        #expect(Self.answer([("a", .zero, lines)])?.id == "nccl-unhandled-system")
    }

    @Test("flushed transfers are victims, other transfer errors are not")
    func transfers() {
        let flushed = "NCCL WARN NET/IB : Got completion from peer 10.0.0.2<1> with status=5 opcode=0 len=0"
        let timeout = "NCCL WARN NET/IB : Got completion from peer 10.0.0.2<1> with status=12 opcode=0 len=0"
        #expect(Self.answer([("a", .zero, [flushed])])?.role == .victim)
        #expect(Self.answer([("a", .zero, [flushed, timeout])])?.id == "ib-completion-timeout")
        let named = "Got completion from peer a with status=IBV_WC_RETRY_EXC_ERR(12) opcode=0"
        #expect(Self.answer([("a", .zero, [named])])?.id == "ib-completion-timeout")
        #expect(Self.answer([("a", .zero, ["Got completion with error 4, opcode 1"])])?.role == .cause)
    }

    @Test("local time is told from UTC by when the unit started")
    func zones() {
        let started = LogStamp.read("2026-03-04 05:00:00".utf8.span)?.instant(around: .unknownYear, boot: nil)
        func answer(_ zone: Duration, _ line: String) -> String? {
            var cause = FirstCause()
            cause.take(line[...], from: LogSource(name: "a", node: "a", started: started, zone: zone))
            return cause.answer()?.time?.text
        }
        // East and west of Greenwich, once printed as local time and once, by a container, as UTC.
        #expect(answer(.seconds(3600), "[2026-03-04 06:00:07 TP0] \(Self.oom)") == "2026-03-04 05:00:07.000")
        #expect(answer(.seconds(3600), "[2026-03-04 05:00:07 TP0] \(Self.oom)") == "2026-03-04 05:00:07.000")
        #expect(answer(.seconds(-18_000), "[2026-03-04 00:00:07 TP0] \(Self.oom)") == "2026-03-04 05:00:07.000")
        #expect(answer(.seconds(-18_000), "[2026-03-04 05:00:07 TP0] \(Self.oom)") == "2026-03-04 05:00:07.000")
    }

    @Test("what was read apart is one answer")
    func parts() {
        var (whole, part) = (FirstCause(), FirstCause())
        whole.take("[2026-03-04 05:06:08 TP8] \(Self.oom)", from: Self.source("b"))
        part.take("[2026-03-04 05:06:06 TP0] \(Self.closed)", from: Self.source("a"))
        part.add(whole)
        let answer = part.answer()
        #expect(answer?.id == "cuda-oom" && answer?.node == "b" && answer?.suffered == 1)
    }

    @Test("of exceptions that nobody knows, that of the unit which ended first, unless another came well before")
    func exceptions() {
        let traceback = "Scheduler hit an exception: Traceback (most recent call last):"
        func answer(_ own: String, ended second: Int) -> FailureAnswer? {
            let logs: [(String, Duration, [String])] = [
                ("a", .zero, ["[2026-03-04 05:06:07 TP0] \(traceback)", "ValueError: strange"]),
                ("b", .zero, ["[2026-03-04 05:06:07 TP8] \(own)"]),
            ]
            let seven = LogStamp.read("2026-03-04 05:06:07".utf8.span)?.instant(around: .unknownYear, boot: nil)
            let exit = ExitRecord(source: Self.source("b"), status: 2, time: seven?.moved(by: .seconds(second)))
            return Self.answer(logs, exits: [exit])
        }
        #expect(answer("loading", ended: 1)?.node == "b" && answer("loading", ended: 1)?.id == "process-exited")
        #expect(answer(traceback, ended: 1)?.node == "b" && answer(traceback, ended: 1)?.rank == "TP8")
        #expect(answer("loading", ended: 9)?.node == "a")
    }

    @Test("an exception that speaks of a peer explains its traceback")
    func wrappedVictim() {
        let traceback = "[2026-03-04 05:06:07 TP0] Scheduler hit an exception: Traceback (most recent call last):"
        let gone = "torch.distributed.DistNetworkError: failed to recv, got 0 bytes. Connection was likely closed."
        let exit = ExitRecord(source: Self.source("b"), status: 2, time: nil)
        #expect(Self.answer([("a", .zero, [traceback, gone])])?.evidence == [traceback, gone])
        // Its launcher says that a child died, and ends in the same second.
        let second = LogStamp.read("2026-03-04 05:06:07".utf8.span)?.instant(around: .unknownYear, boot: nil)
        let child = "[2026-03-04 05:06:07] Received sigquit from a child process. It usually means the child failed."
        let both = [
            ExitRecord(source: Self.source("a"), status: 1, time: second),
            ExitRecord(source: Self.source("b"), status: 2, time: second),
        ]
        #expect(Self.answer([("a", .zero, [traceback, gone])], exits: [exit])?.node == "b")
        #expect(Self.answer([("a", .zero, [traceback, gone, child])], exits: both)?.node == "b")
    }

    @Test("no line, no answer")
    func nothing() { #expect(Self.answer([("a", .zero, ["", "all is well", "[2026-03-04 05:06:07 TP0] x"])]) == nil) }
}
