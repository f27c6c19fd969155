import MusterEngines
import MusterSpec
import Testing

@testable import MusterDoctor

@Suite("Flags of an engine on a node")
struct NodeFlagsTests {
    private static func document(_ text: String, status: Int = 0) -> InventoryDocument {
        let section = ProbeAnswer.Section(
            name: "engine",
            text: Array(text.utf8),
            end: .init(status: status, milliseconds: 1)
        )
        return InventoryDocument(
            node: "gpu-1",
            answer: ProbeAnswer(sections: [section], isComplete: true),
            times: ProbeTimes(asked: 0, answered: 0)
        )
    }

    private static func flags(_ text: String, status: Int = 0) throws(NodeFlags.Failure) -> NodeFlags {
        try NodeFlags(document(text, status: status), of: .sglang, orElse: .known("0.5.2"))
    }

    private static let answer = #"""
        {"engine": "sglang", "complaints": [], "version": "0.5.9", "flags": ["my-own\t00-00\tone\tinteger\t\t3",
        "trust-remote-code\t00-00\tone\ttext"]}
        """#

    @Test("are read as a catalogue of one release, and compared with the known one")
    func read() throws {
        let flags = try Self.flags(Self.answer)
        #expect(
            flags.version == .known("0.5.9")
                && flags.listing(matching: nil).rows.map(\.flag.name) == ["my-own", "trust-remote-code"]
        )
        #expect(flags.difference.unknown == ["my-own"] && flags.difference.changed == ["trust-remote-code"])
        #expect(flags.difference.missing.contains("tp-size") && !flags.difference.missing.contains("trust-remote-code"))
    }

    @Test("an engine that does not say its release has the file's")
    func release() throws {
        let silent = try Self.flags(Self.answer.replacing("0.5.9", with: ""))
        #expect(silent.version == .known("0.5.2") && silent.unreadVersion == "")
        let own = try Self.flags(Self.answer.replacing("0.5.9", with: "main"))
        #expect(own.version == .known("0.5.2") && own.unreadVersion == "main")
        let built = try Self.flags(Self.answer.replacing("0.5.9", with: "0.5.10.dev3+gabc"))
        #expect(built.version.text == "0.5.10.dev3+gabc" && built.unreadVersion == nil)
        #expect(built.scope.standing == .ownBuild && built.scope.judges.count == 2)
    }

    @Test(
        "what is no answer is told",
        arguments: [
            (#"{"engine": "sglang", "error": "ImportError: no torch"}"#, 0, "ImportError: no torch"),
            ("Traceback\nKilled\n", 137, "Killed"), ("no json", 0, nil),
            (
                #"{"engine": "sglang", "complaints": [], "version": "0.5.9", "flags": []}"#, 0,
                "its parser told no flags"
            ),
        ] as [(String, Int, String?)]
    )
    func failures(_ text: String, _ status: Int, _ reason: String?) {
        do throws(NodeFlags.Failure) {
            _ = try Self.flags(text, status: status)
            Issue.record("\(text) was read")
        } catch {
            #expect(reason == nil || error.reason == reason, "\(error.reason)")
        }
    }
}
