import Testing

@testable import MusterDoctor

@Suite("Rounds of a measurement")
struct BandwidthRoundTests {
    private func rounds(_ sizes: [Int], gpus: Int = 8) -> [BandwidthRound] {
        var number = 0
        return BandwidthRound.all(
            sizes.map { size in
                (0..<size).map { _ in
                    number += 1
                    return (node: "n\(number)", gpus: gpus)
                }
            }
        )
    }

    @Test("four nodes: within, three slots in which all six pairs meet once, and all together")
    func four() {
        let rounds = rounds([4])
        #expect(rounds.map(\.kind) == [.within, .pairs, .pairs, .pairs, .all])
        #expect(rounds[0].meetings == [["n1"], ["n2"], ["n3"], ["n4"]])
        #expect(rounds[1].meetings == [["n1", "n4"], ["n2", "n3"]])
        #expect(rounds[2].meetings == [["n1", "n3"], ["n2", "n4"]])
        #expect(rounds[3].meetings == [["n1", "n2"], ["n3", "n4"]])
        #expect(rounds[4].meetings == [["n1", "n2", "n3", "n4"]])
    }

    @Test("up to eight nodes every pair meets once, and nobody is in two places", arguments: 3...8)
    func tournaments(size: Int) {
        let slots = rounds([size]).filter { $0.kind == .pairs }
        let pairs = slots.flatMap(\.meetings)
        #expect(pairs.count == size * (size - 1) / 2 && Set(pairs).count == pairs.count)
        #expect(slots.count == (size % 2 == 0 ? size - 1 : size))
        for slot in slots {
            let nodes = slot.meetings.flatMap(\.self)
            #expect(Set(nodes).count == nodes.count)
        }
    }

    @Test("beyond that neighbours on a ring meet, in as few slots as there can be", arguments: [9, 10, 31, 32])
    func rings(size: Int) {
        let slots = rounds([size]).filter { $0.kind == .pairs }
        #expect(slots.count == (size % 2 == 0 ? 2 : 3))
        let pairs = slots.flatMap(\.meetings)
        #expect(Set(pairs).count == size && pairs.count == size)
        for number in 1...size { #expect(pairs.count { $0.contains("n\(number)") } == 2) }
        for slot in slots {
            let nodes = slot.meetings.flatMap(\.self)
            #expect(Set(nodes).count == nodes.count)
        }
    }

    @Test("two nodes are all there is; one GPU has nobody within; one GPU alone has nothing at all")
    func small() {
        #expect(rounds([2]).map(\.kind) == [.within, .all])
        #expect(rounds([3], gpus: 1).map(\.kind) == [.pairs, .pairs, .pairs, .all])
        #expect(rounds([1]).map(\.meetings) == [[["n1"]]])
        #expect(rounds([1], gpus: 1).isEmpty)
    }

    @Test("gangs are measured at the same time, each by itself")
    func gangs() {
        let rounds = rounds([3, 3], gpus: 1)
        #expect(rounds[0].meetings == [["n2", "n3"], ["n5", "n6"]])
        #expect(rounds.last?.meetings == [["n1", "n2", "n3"], ["n4", "n5", "n6"]])
    }
}
