import MusterPlan
import MusterSpec

@testable import MusterDoctor

/// What a node's part in a meeting prints.
struct BandwidthText {
    /// Global numbers of the ranks here.
    var ranks: ClosedRange<Int>
    /// Of the small message, in microseconds, and of the large one.
    var small = 58.3
    var large = 20_000.0
    var backend = "nccl"
    /// How many bytes went out by RDMA and by TCP.
    var rdma: UInt64 = 4 << 30
    var tcp: UInt64 = 1 << 20
    var way = "NET/IB/%/GDRDMA"
    var network = "IB"

    var answer: BandwidthAnswer { BandwidthAnswer(bytes, nonce: "n") }

    var bytes: [UInt8] {
        var log = RankLog(host: "h\(ranks.lowerBound)", ranks: ranks.count, way: way, network: network)
        if network == "Socket" { log.devices = 0 }
        var lines = ["a login script speaks", "@@n counter before port mlx5_0:1 100"]
        lines += ["@@n counter before interface bond0 1000", "@@n counter before interface lo 7"]
        for rank in ranks {
            lines += ["import", "meet", "connect", "reduce 65536"].map { "@@n rank \(rank) phase \($0)" }
            lines += ["@@n rank \(rank) backend \(backend) 2.9.1", "@@n rank \(rank) time 65536 \(small)"]
            lines += ["@@n rank \(rank) phase reduce 268435456", "@@n rank \(rank) time 268435456 \(large)"]
            lines += ["@@n rank \(rank) done"]
        }
        if backend == "nccl" {
            lines += log.lines.filter { $0.contains(" NCCL ") }.map { "@@n rank \(ranks.lowerBound) nccl \($0)" }
        }
        lines += ["@@n counter after port mlx5_0:1 \(100 + rdma / 4)"]
        lines += ["@@n counter after interface bond0 \(1000 + tcp)", "@@n end done", ""]
        return Array(lines.joined(separator: "\n").utf8)
    }

    /// The same where it was broken off: steps that ranks reached, and lines behind them.
    static func broken(_ steps: [Int: String], _ more: String..., end: String) -> BandwidthAnswer {
        let lines = steps.sorted { $0.key < $1.key }.map { "@@n rank \($0.key) phase \($0.value)" } + more
        return BandwidthAnswer(Array((lines + ["@@n end \(end)", ""]).joined(separator: "\n").utf8), nonce: "n")
    }
}

extension Fleet {
    /// A course over its four nodes.
    func course() throws -> BandwidthCourse {
        let checked = checked
        guard let spec = checked.spec else { throw Damage(.malformed, found: "no spec", expected: "one") }
        return BandwidthCourse(BandwidthMember.gangs(spec: spec, plans: checked.plans, inventories: inventories))
    }
}

extension BandwidthCourse {
    /// Holds all meetings, with texts made for each node by its meeting.
    mutating func hold(_ text: (BandwidthRound.Kind, [String], inout BandwidthText) -> Void) {
        while let (kind, meetings) = next() {
            for members in meetings {
                var first = 0
                var answers: [String: Known<BandwidthAnswer>] = [:]
                for member in members {
                    var said = BandwidthText(ranks: first...(first + member.gpus - 1))
                    text(kind, members.map(\.name), &said)
                    answers[member.name] = .value(said.answer)
                    first += member.gpus
                }
                take(kind, members, answers)
            }
        }
    }
}
