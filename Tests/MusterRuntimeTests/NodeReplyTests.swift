import MusterTesting
import Testing

@testable import MusterRuntime

@Suite("NodeReply")
struct NodeReplyTests {
    @Test("reads records, their fields and the end")
    func records() throws {
        let reply = try #require(
            NodeReply(output: answer(["seen a 3", "proc a 3 0 7 1 9 a title with  spaces"]), nonce: "n1")
        )
        #expect(reply.end == .ok && reply.data.isEmpty)
        #expect(reply.records.map(\.word) == ["seen", "proc"])
        #expect(reply.records[0].fields(2) == ["a", "3"])
        #expect(reply.records[0].fields(3) == nil)
        #expect(reply.records[1].fields(7)?.last == "a title with  spaces")
    }

    @Test(
        "reads every kind of end",
        arguments: [
            ("end ok", .ok), ("end refused locked a@b:1:up:2", .refused(reason: "locked", text: "a@b:1:up:2")),
            ("end refused missing", .refused(reason: "missing", text: "")),
            (
                "end failed disk-full No space left on device",
                .failed(reason: "disk-full", text: "No space left on device")
            ),
            ("end failed", .failed(reason: "io", text: "")),
        ] as [(String, NodeReply.End)]
    )
    func ends(_ line: String, _ end: NodeReply.End) throws {
        #expect(try #require(NodeReply(output: answer([], end: line), nonce: "n1")).end == end)
    }

    @Test(
        "knows no answer without its end, or with an end of another kind",
        arguments: ["", "end", "end maybe", "ende ok", "beat 1"]
    )
    func noEnd(_ line: String) { #expect(NodeReply(output: answer(["seen a 3"], end: line), nonce: "n1") == nil) }

    @Test(
        "skips what a login shell printed before the mark",
        arguments: [
            "", "Welcome!\n", "motd without a line break", "muster/1 other\nend ok\n", "muster/1 n",
            "\u{1B}[0mx\r\n\r\n", "end ok\n",
            "muster/1 n1muster/1 n",
        ]
    )
    func noise(_ noise: String) throws {
        let reply = try #require(NodeReply(output: Array(noise.utf8) + answer(["seen a 3"]), nonce: "n1"))
        #expect(reply.records.map(\.line) == ["seen a 3"])
    }

    @Test("takes only the answer to its own call")
    func nonce() {
        #expect(NodeReply(output: answer([], nonce: "n2"), nonce: "n1") == nil)
        #expect(NodeReply(output: answer([], nonce: "n11"), nonce: "n1") == nil)
    }

    @Test("carries raw bytes whatever they are")
    func data() throws {
        let raw = Array(UInt8.min...UInt8.max) + Array("\nend ok\n".utf8)
        let head = Array("muster/1 n1\ndata 10 \(raw.count) 999\n".utf8)
        let output = head + raw + Array("\nend ok\n".utf8)
        let reply = try #require(NodeReply(output: output, nonce: "n1"))
        #expect(reply.data == raw && reply.records[0].fields(3) == ["10", "\(raw.count)", "999"])
        let empty = try #require(NodeReply(output: answer(["data 0 0 0", ""]), nonce: "n1"))
        #expect(empty.data.isEmpty && empty.end == .ok)
    }

    @Test("is no answer until the last byte is there")
    func everyCut() {
        let raw = Array(UInt8.min...UInt8.max)
        let head = Array("noise\nmuster/1 n1\nunit a 12 0 running t h 1 2 3 4\ndata 0 256 256\n".utf8)
        let output = head + raw + Array("\nend refused stale-generation 12\n".utf8)
        for length in 0..<output.count {
            #expect(NodeReply(output: Array(output[..<length]), nonce: "n1") == nil, "\(length)")
        }
        #expect(NodeReply(output: output, nonce: "n1")?.end == .refused(reason: "stale-generation", text: "12"))
    }

    @Test(
        "refuses lengths that cannot be",
        arguments: ["data 0 -1 5", "data 0 9223372036854775807 5", "data 0 9223372036854775000 5", "data 0 100000 5"]
    )
    func hostileLengths(_ line: String) { #expect(NodeReply(output: answer([line, "x"]), nonce: "n1") == nil) }

    @Test(
        "hears that the script is missing, whatever was printed before it",
        arguments: [
            ("\nmuster-needs-script\n", true), ("motd\nmuster-needs-script\n", true),
            ("motd\n\nmuster-needs-script", true),
            ("", false), ("sh: muster-needs-script: not found\n", false), ("muster-needs-script\nlater\n", false),
        ]
    )
    func needsScript(_ output: String, _ expected: Bool) {
        #expect(NodeReply.needsScript(Array(output.utf8)) == expected)
    }

    @Test("20,000 damaged answers come to an answer or to none")
    func fuzz() {
        var random = SeededRandom(seed: 42)
        let pieces = [
            "muster/1 n1\n", "data 0 5 5\n", "data 0 9223372036854775807 1\n", "data -1 -1 -1\n", "end ok\n",
            "end refused x y\n",
            "end", " ", "\n", "unit a 1 0 running t h 1 2 3 4\n", "\u{0}\u{FFFD}", "proc a 1 0 5 1 9 t\n",
            "exit a 1 0 0 0\n", "lock a b\n",
        ].map { Array($0.utf8) }
        var answers = 0
        for _ in 0..<20_000 {
            var bytes = (0..<Int.random(in: 0...8, using: &random)).flatMap { _ in
                pieces[Int.random(in: pieces.indices, using: &random)]
            }
            if Bool.random(using: &random) { bytes = pieces[0] + bytes }
            for _ in 0..<Int.random(in: 0...2, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let reply = NodeReply(output: bytes, nonce: "n1") else { continue }
            answers += 1
            _ = NodeStatus(reply)
        }
        #expect(answers > 1000)
    }
}
