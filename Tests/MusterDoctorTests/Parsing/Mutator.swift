import MusterTesting

/// Makes damaged texts out of whole ones: bytes changed, lines lost and doubled, two texts run together.
struct Mutator {
    private let seeds: [[UInt8]]
    private var random: SeededRandom
    /// Bytes that mean something to one parser or another.
    private static let telling = Array("\n\t\r \u{1B}[]{}():,=%/.-'\"#|0189GxX+\0\u{7F}é".utf8) + [0xff, 0xc3, 0x80]

    init(_ seeds: [String], seed: UInt64) {
        self.seeds = seeds.map { Array($0.utf8) }
        random = SeededRandom(seed: seed)
    }

    private mutating func below(_ count: Int) -> Int { Int(truncatingIfNeeded: random.next() >> 33) % max(1, count) }

    /// The next text: one to three changes to one of the seeds.
    mutating func next() -> [UInt8] {
        var bytes = seeds[below(seeds.count)]
        for _ in 0...below(3) { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return bytes.append(UInt8(truncatingIfNeeded: below(256))) }
        let place = below(bytes.count)
        switch below(10) {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: below(256))
        case 1: bytes[place] = Self.telling[below(Self.telling.count)]
        case 2: bytes.insert(Self.telling[below(Self.telling.count)], at: place)
        case 3: bytes.remove(at: place)
        case 4: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(16)))
        case 5: bytes.removeSubrange(place...)
        case 6: bytes.removeSubrange(line(around: place, in: bytes))
        case 7: bytes.insert(contentsOf: bytes[line(around: place, in: bytes)], at: place)
        case 8: bytes.insert(contentsOf: repeatElement(UInt8(ascii: "9"), count: 20), at: place)
        default:
            let other = seeds[below(seeds.count)]
            bytes.replaceSubrange(place..., with: other[below(other.count)...])
        }
    }

    private func line(around place: Int, in bytes: [UInt8]) -> Range<Int> {
        var start = place
        while start > 0, bytes[start - 1] != 0x0a { start -= 1 }
        var end = place
        while end < bytes.count, bytes[end] != 0x0a { end += 1 }
        return start..<min(bytes.count, end + 1)
    }
}
