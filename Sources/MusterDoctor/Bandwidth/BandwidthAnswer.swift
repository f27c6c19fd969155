import MusterSpec

/// What a node's part in a meeting printed, line by line. Any bytes end in an answer, an empty one if need be.
package struct BandwidthAnswer: Hashable, Sendable {
    /// How it came to its end.
    package enum End: String, Sendable {
        case done
        /// A rank ended before it was done.
        case failed
        /// The time was over.
        case late
        /// It was told to leave.
        case left
    }

    /// One process.
    struct Rank: Hashable, Sendable {
        /// `nccl`, or `gloo` where torch knows no GPU.
        var backend: String?
        var step = BandwidthStep.start
        /// Of one reduction, in microseconds, by the size of the message in bytes.
        var times: [Int: Double] = [:]
        var isDone = false
        /// Of the exception that ended it.
        var error: String?
        /// `signal 9`, `status 1`.
        var end: String?
        /// Its last words, the newest last.
        var said: [String] = []
    }

    /// No node has more; a text that says so is not one of ours to remember.
    static let mostRanks = 256
    /// Each rank of a large node may send two thousand.
    static let mostLogLines = 65_536
    static let mostTestLines = 4096
    /// Ports, or interfaces.
    static let mostCounters = 1024

    private(set) var ranks: [Int: Rank] = [:]
    /// What nccl-tests printed, its last words where it failed.
    private(set) var test: [String] = []
    /// Why nccl-tests gave no figures, where it was tried.
    private(set) var testEnd: String?
    /// Lines of NCCL's own.
    private(set) var log: [String] = []
    private(set) var before = TrafficCounters()
    private(set) var after = TrafficCounters()
    package private(set) var end: End?

    package init(_ bytes: [UInt8], nonce: String) {
        let mark = "@@\(nonce) "
        for line in LineSplitter.lines(of: bytes) {
            guard let text = Cut.behind(line.text, mark), let (kind, rest) = Cut.around(" ", in: text) else { continue }
            switch kind {
            case "rank": take(rank: rest)
            case "test": take(test: rest)
            case "counter": take(counter: Cut.words(rest))
            case "end": end = End(rawValue: rest)
            default: break
            }
        }
    }

    /// Whether the program has said anything at all.
    package var isEmpty: Bool { self == BandwidthAnswer([], nonce: "") }

    /// What the last line may be.
    package static func endings(nonce: String) -> [[UInt8]] {
        [End.done, .failed, .late, .left].map { Array("@@\(nonce) end \($0.rawValue)\n".utf8) }
    }

    /// `3 phase meet`
    private mutating func take(rank text: String) {
        guard let (word, rest) = Cut.around(" ", in: text), let number = Digits.count(word),
            ranks[number] != nil || ranks.count < Self.mostRanks
        else { return }
        var rank = ranks[number] ?? Rank()
        let words = Cut.words(rest)
        switch words.first {
        case "backend" where words.count > 1: rank.backend = words[1]
        case "phase": rank.step = BandwidthStep(Array(words.dropFirst())) ?? rank.step
        case "time" where words.count == 3:
            if let size = Digits.count(words[1]), let time = Digits.decimal(words[2]), time >= 0, rank.times.count < 8 {
                rank.times[size] = time
            }
        case "done": rank.isDone = true
        case "error": rank.error = Cut.behind(rest, "error ").map { Cut.short($0, 200) }
        case "ended" where words.count == 3: rank.end = "\(words[1]) \(words[2])"
        case "nccl": if log.count < Self.mostLogLines, let line = Cut.behind(rest, "nccl ") { log.append(line) }
        case "said": if let line = Cut.behind(rest, "said ") { rank.said = (rank.said + [line]).suffix(8) }
        default: break
        }
        ranks[number] = rank
    }

    private mutating func take(test text: String) {
        let words = Cut.words(text)
        if words.count == 3, words[0] == "ended" {
            testEnd = "\(words[1]) \(words[2])"
        } else if test.count < Self.mostTestLines, words.first != "said" {
            test.append(text)
        }
    }

    /// `before port mlx5_0:1 4711`
    private mutating func take(counter words: [String]) {
        guard words.count == 4, let value = UInt64(words[3]) else { return }
        var counters = words[0] == "before" ? before : after
        guard counters.ports.count + counters.interfaces.count < Self.mostCounters else { return }
        if words[1] == "port" { counters.ports[words[2]] = value } else { counters.interfaces[words[2]] = value }
        if words[0] == "before" { before = counters } else { after = counters }
    }
}
