import MusterTesting
import Testing

@testable import MusterEngines

/// Thirty-two ranks on four nodes of which one fails, and the others notice.
struct SimulatedFailure {
    static let causes: [(id: String, line: String)] = [
        ("cuda-oom", "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB."),
        ("cuda-ecc-uncorrectable", "RuntimeError: CUDA error: uncorrectable ECC error encountered"),
        ("cuda-illegal-access", "RuntimeError: CUDA error: an illegal memory access was encountered"),
        ("segfault", "Fatal Python error: Segmentation fault"),
        ("disk-full", "OSError: [Errno 28] No space left on device: '/cache/x'"),
        ("safetensors-header", "SafetensorError: Error while deserializing header: MetadataIncompleteBuffer"),
        ("triton-shared-memory", "out of resource: shared memory, Required: 106496, Hardware limit: 101376."),
        ("nccl-shm-create", "NCCL WARN Error while creating shared memory segment /dev/shm/nccl-x (size 9637888)"),
        ("ib-async-port-error", "NCCL WARN NET/IB : mlx5_0:1 Got async event : port error"),
        ("xid-79-off-bus", "NVRM: Xid (PCI:0000:91:00): 79, pid=9, GPU has fallen off the bus."),
    ]
    static let victims = [
        "RuntimeError: [../third_party/gloo/gloo/transport/tcp/pair.cc:534] Connection closed by peer [10.0.0.2]:1",
        "ncclRemoteError: A call failed possibly due to a network error or a remote process exiting prematurely.",
        "NCCL WARN NET/IB : Got completion from peer 10.0.0.2<1> with status=5 opcode=0 len=0 vendor err 249",
        "NCCL WARN NET/IB : Got completion from peer 10.0.0.2<1> with status=12 opcode=0 len=0 vendor err 129",
        "[rank3]:[W304 05:06:07.5 TCPStore.cpp:125] [c10d] recvValue failed on SocketImpl(fd=86): failed to recv",
        "Watchdog caught collective operation timeout: WorkNCCL(SeqNum=32, OpType=ALLREDUCE, NumelIn=1)",
        "Scheduler hit an exception: Traceback (most recent call last):",
        "Received sigquit from a child process. It usually means the child failed.",
    ]
    /// What is printed once a process is being torn down, and would be a cause had it come first.
    static let aftermath = [
        "Fatal Python error: Segmentation fault", "CUDA error: an illegal memory access was encountered",
    ]

    let id: String
    let rank: Int
    let sources: [LogSource]
    /// By node, in the order of its log.
    let lines: [[String]]

    /// What is known of the nodes' clocks.
    enum Clocks: CaseIterable {
        /// How far they are ahead, measured over SSH.
        case measured
        /// The moment at which the gang met, in the logs.
        case met
        case unknown
    }

    init(_ random: inout SeededRandom, _ clocks: Clocks) {
        let cause = Self.causes[Int.random(in: 0..<Self.causes.count, using: &random)]
        let rank = Int.random(in: 0..<32, using: &random)
        let offsets = (0..<4).map { _ in Int.random(in: -30_000...30_000, using: &random) }
        let start = LogInstant.day(year: 2026, month: 3, date: 4) * LogInstant.day + 18_000_000_000_000
        var printed: [[(milliseconds: Int, line: String)]] = Array(repeating: [], count: 4)
        func say(_ milliseconds: Int, _ rank: Int, _ text: String) {
            let node = rank / 8
            let shown = LogInstant(nanoseconds: start + (milliseconds + offsets[node]) * 1_000_000).text
            printed[node].append((milliseconds, "[\(shown) TP\(rank)] \(text)"))
        }
        for other in 0..<32 {
            say(
                0,
                other,
                "Using default MoE config. Performance might be sub-optimal! Config file not found at /x.json"
            )
            say(100, other, "NCCL INFO Using network Socket")
            say(200, other, "ConnectionRefusedError")
            if clocks == .met {
                let late = Int.random(in: 0...20, using: &random)
                say(700 + late, other, "Init torch distributed ends. elapsed=0.50 s, mem usage=0.33 GB")
            }
        }
        let fault = Int.random(in: 1000...600_000, using: &random)
        say(fault, rank, "Scheduler hit an exception: Traceback (most recent call last):")
        say(fault + 1, rank, cause.line)
        for other in 0..<32 where other != rank {
            let noticed = fault + Int.random(in: 20...8000, using: &random)
            for _ in 0...Int.random(in: 0...3, using: &random) {
                say(noticed, other, Self.victims[Int.random(in: 0..<Self.victims.count, using: &random)])
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                say(noticed + 500, other, Self.aftermath[Int.random(in: 0..<2, using: &random)])
            }
        }
        id = cause.id
        self.rank = rank
        // What a clock is ahead is measured over SSH, to some ten milliseconds.
        sources = (0..<4).map { node in
            let measured = offsets[node] + Int.random(in: -20...20, using: &random)
            let offset: Duration? = clocks == .measured ? .milliseconds(measured) : nil
            return LogSource(name: "node \(node)", node: "n\(node)", clockOffset: offset)
        }
        lines = printed.map { $0.sorted { $0.milliseconds < $1.milliseconds }.map(\.line) }
    }
}

@Suite("First cause of simulated failures")
struct FirstCauseSimulationTests {
    @Test("of 200 failures on 32 ranks, at least 198 are told right", arguments: SimulatedFailure.Clocks.allCases)
    func ranks(_ clocks: SimulatedFailure.Clocks) {
        var random = SeededRandom(seed: 20_260_304)
        var misses: [String] = []
        for number in 0..<200 {
            let failure = SimulatedFailure(&random, clocks)
            var cause = FirstCause()
            for (source, lines) in zip(failure.sources, failure.lines) {
                for line in lines { cause.take(Substring(line), from: source) }
            }
            let answer = cause.answer()
            if answer?.id != failure.id || answer?.rank != "TP\(failure.rank)" {
                misses.append("\(number): \(failure.id) TP\(failure.rank), told \(answer?.id ?? "nothing")")
            }
            #expect(answer?.suffered == 31)
        }
        print("simulated failures, clocks \(clocks): \(200 - misses.count) of 200 right", misses)
        #expect(misses.count <= 2)
    }

    @Test("100,000 lines of healthy logs are no failure")
    func healthy() {
        var random = SeededRandom(seed: 11)
        var cause = FirstCause()
        let sources = (0..<4).map { LogSource(name: "node \($0)", node: "n\($0)") }
        for number in 0..<100_000 {
            let rank = Int.random(in: 0..<32, using: &random)
            let line = HealthyLines.line(rank: rank, number: number, &random)
            cause.take(Substring(line), from: sources[rank / 8])
        }
        let answer = cause.answer()
        #expect(answer?.isFatal != true, "\(String(describing: answer))")
    }
}
