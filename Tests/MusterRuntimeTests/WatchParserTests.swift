import MusterSpec
import MusterTesting
import Testing

@testable import MusterRuntime

@Suite("WatchParser")
struct WatchParserTests {
    private static let key = UnitKey(generation: 3, nodeRank: NodeRank(1))
    private static let raw = Array(UInt8.min...UInt8.max) + Array("\nexited 3 1 0 0\n".utf8)

    /// A watch in which everything happens once.
    private static let stream: [UInt8] =
        Array("Last login: today\nmotd without end muster/1 n1\nhello b00t 1764000000\nheld\nbeat 1764000002\n".utf8)
        + Array("started 3 1 4711 99\nlog 3 1 4096 \(raw.count)\n".utf8) + raw
        + Array(
            "\nlog 3 1 0 0\n\nnews from the future\nexited 3 1 137 1764000003\nlost 3 1\norphaned 3 1\nend ok\n".utf8
        )

    private static let events: [WatchEvent] = [
        .hello(boot: "b00t", epoch: 1_764_000_000), .held, .beat(epoch: 1_764_000_002), .started(key, pid: 4711),
        .log(key, offset: 4096, bytes: raw), .log(key, offset: 0, bytes: []), .exited(key, status: 137), .lost(key),
        .orphaned(key),
        .end(.ok),
    ]

    private func events(_ cuts: [ArraySlice<UInt8>]) -> [WatchEvent] {
        var parser = WatchParser(nonce: "n1")
        return cuts.flatMap { parser.feed(Array($0)) }
    }

    @Test("reads every event of a stream that comes at once")
    func atOnce() { #expect(events([Self.stream[...]]) == Self.events) }

    @Test("reads the same byte by byte")
    func byteByByte() { #expect(events(Self.stream.indices.map { Self.stream[$0...$0] }) == Self.events) }

    @Test("reads the same from any two parts")
    func everyCut() {
        for cut in 0...Self.stream.count {
            #expect(events([Self.stream[..<cut], Self.stream[cut...]]) == Self.events, "\(cut)")
        }
    }

    @Test("reads the same from random parts")
    func randomCuts() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<500 {
            var parts: [ArraySlice<UInt8>] = []
            var rest = Self.stream[...]
            while !rest.isEmpty {
                let length = Int.random(in: 0...60, using: &random)
                parts.append(rest.prefix(length))
                rest = rest.dropFirst(length)
            }
            #expect(events(parts) == Self.events)
        }
    }

    @Test("tells an event as soon as its last byte is there, and not before")
    func promptness() {
        var parser = WatchParser(nonce: "n1")
        #expect(parser.feed(Array("muster/1 n1\nheld".utf8)).isEmpty)
        #expect(parser.feed([0x0a]) == [.held])
        #expect(parser.feed(Array("log 3 1 0 2\nab".utf8)).isEmpty)
        #expect(parser.feed([0x0a]) == [.log(Self.key, offset: 0, bytes: Array("ab".utf8))])
    }

    @Test(
        "finds the mark behind a lot of noise without a line break",
        arguments: [100, 8191, 8192, 8193, 8300, 20_000, 100_000]
    )
    func longNoise(_ count: Int) {
        for length in [1, 7, 4096] {
            let stream = Array(repeating: UInt8(ascii: "."), count: count) + Array("muster/1 n1\nheld\n".utf8)
            let parts = stride(from: 0, to: stream.count, by: length).map {
                stream[$0..<min($0 + length, stream.count)]
            }
            guard count * 10 / length < 200_000 else { continue }
            #expect(events(parts) == [.held], "\(count) by \(length)")
        }
    }

    @Test("hears that the script is missing")
    func needsScript() {
        var parser = WatchParser(nonce: "n1")
        #expect(parser.feed(Array("motd\n\nmuster-needs-scr".utf8)).isEmpty && !parser.needsScript)
        #expect(parser.feed(Array("ipt\n".utf8)).isEmpty && parser.needsScript)
        var other = WatchParser(nonce: "n1")
        _ = other.feed(Array("muster/1 n1\nmuster-needs-script\n".utf8))
        #expect(!other.needsScript)
    }

    @Test(
        "goes on behind a record it cannot read",
        arguments: [
            "", "log", "log 3 1 0", "log 3 1 0 -1", "log 3 1 0 x", "log 3 1 0 9223372036854775807",
            "log 3 1 0 99999999", "log a 1 0 1",
            "hello b", "hello b x", "beat", "beat x", "started 3 1", "started 3 1 x 9", "exited 3 1 x 9", "exited 3 1",
            "lost", "lost 3",
            "orphaned 3 x", "end", "end maybe", "\u{0}\u{1}", "HELD",
        ]
    )
    func unreadable(_ line: String) {
        #expect(events([Array("muster/1 n1\n\(line)\nheld\n".utf8)[...]]) == [.held])
    }

    @Test("lets go of an endless line, and of nothing behind it")
    func endlessLine() {
        var parser = WatchParser(nonce: "n1")
        _ = parser.feed(Array("muster/1 n1\n".utf8))
        for _ in 0..<100 { #expect(parser.feed(Array(repeating: 0x41, count: 4096)).isEmpty) }
        #expect(parser.feed(Array("\nheld\n".utf8)) == [.held])
    }

    @Test("20,000 damaged streams never stop it")
    func fuzz() {
        var random = SeededRandom(seed: 43)
        let pieces = [
            "muster/1 n1\n", "log 3 1 0 4\nabcd\n", "log 3 1 0 9223372036854775807\n", "log 3 1 -5 2\nab\n", "held\n",
            "beat 1\n",
            "exited 3 1 0 1\n", "end ok\n", "end", "log", " ", "\n", "lost 3 1\n", "hello b 9\n", "\u{FFFD}",
        ].map { Array($0.utf8) }
        var count = 0
        for _ in 0..<20_000 {
            var bytes =
                pieces[0]
                + (0..<Int.random(in: 0...8, using: &random)).flatMap { _ in
                    pieces[Int.random(in: pieces.indices, using: &random)]
                }
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var parser = WatchParser(nonce: "n1")
            let cut = Int.random(in: 0...bytes.count, using: &random)
            count += (parser.feed(Array(bytes[..<cut])) + parser.feed(Array(bytes[cut...]))).count
        }
        #expect(count > 10_000)
    }
}
