import Foundation
import MusterEngines
import MusterSpec
import MusterTesting
import Testing

@testable import MusterDoctor

/// What the probe says of the parser of a release whose flags are known: the facts become argparse's actions, and the
/// probe's own lines of Python describe them.
@Suite("Flags that a probe tells")
struct ProbeFlagsTests {
    private static let facts = Repository.root.appending(path: "../shared/facts/flags")

    private static let program = #"""
        import argparse, json, re, sys
        from types import SimpleNamespace
        program = open(sys.argv[1]).read().split("engine_program='", 1)[1].split("\n'\n", 1)[0]
        probe = {"argparse": argparse, "json": json, "re": re}
        exec(program[program.index("def plain("):program.index("def version(")], probe)
        class _AppendAction(SimpleNamespace): pass
        facts = json.load(open(sys.argv[2]))
        lines = {}
        for fact in facts["flags"]:
            if fact.get("positional"):
                continue
            names = [fact["name"]] if "name" in fact else []
            for key in ("names", "aliases", "hidden_names"):
                names += [name for name in fact.get(key) or [] if name not in names]
            if fact.get("negation") and fact["negation"] not in names:
                names.append(fact["negation"])
            made = _AppendAction if "Append" in (fact.get("action") or "") else SimpleNamespace
            arity = {"0": 0, "1": None}.get(fact["arity"], fact["arity"])
            kind = {"int": int, "float": float}.get(fact.get("type"))
            action = made(option_strings=names, dest=fact.get("dest") or "x", nargs=arity, type=kind,
                choices=fact.get("choices"), default=None, deprecated=bool(fact.get("deprecated")))
            for line in probe["line"](action):
                lines[line[0]] = line
        json.dump({"version": facts["version"], "flags": ["\t".join(lines[n]).rstrip("\t") for n in sorted(lines)]}, sys.stdout)
        """#

    private static func flags(_ kind: EngineSpec.Kind, _ version: String) async throws -> NodeFlags {
        let words = [
            "python3", "-c", program, Repository.root.appending(path: "Sources/CNodeScript/probe.sh").path,
            facts.appending(path: "\(kind.rawValue)/\(version).json").path,
        ]
        let result = try await LocalCommand(words).run()
        try #require(result.status == 0, "\(result.errorText)")
        let section = ProbeAnswer.Section(name: "engine", text: result.stdout, end: .init(status: 0, milliseconds: 1))
        let document = InventoryDocument(
            node: "gpu-1",
            answer: ProbeAnswer(sections: [section], isComplete: true),
            times: ProbeTimes(asked: 0, answered: 0)
        )
        return try NodeFlags(document, of: kind, orElse: .known("0.5.2"))
    }

    @Test(
        "are those that are known of a release that nobody changed",
        .enabled(if: FileManager.default.fileExists(atPath: facts.path), "the facts about releases are not here"),
        arguments: [
            (EngineSpec.Kind.vllm, "0.33.0"), (.vllm, "0.11.0"), (.vllm, "0.8.5"), (.sglang, "0.5.23"),
            (.sglang, "0.5.9"), (.sglang, "0.4.4.post1"),
        ]
    )
    func stock(kind: EngineSpec.Kind, version: String) async throws {
        let flags = try await Self.flags(kind, version)
        #expect(flags.version.text == version)
        let difference = flags.difference
        #expect(difference.isEmpty, "\(difference)")
        print("\(kind.rawValue) \(version): \(flags.listing(matching: nil).rows.count) flags as they are known")
    }

    @Test(
        "switch off by the name that does",
        .enabled(if: FileManager.default.fileExists(atPath: facts.path), "the facts about releases are not here")
    )
    func opposites() async throws {
        let catalog = try await Self.flags(.vllm, "0.33.0").catalog
        for (name, flag) in [
            ("disable-expert-parallel", "enable-expert-parallel"),
            ("no-enable-expert-parallel", "enable-expert-parallel"),
            ("enable-uvicorn-access-log", "disable-uvicorn-access-log"),
        ] {
            let match = try #require(catalog.match(name, in: 0))
            #expect(match.flag.name == flag && match.isOpposite, "\(name)")
        }
    }
}
