import MusterEngines
import MusterSpec
import MusterTesting
import Testing

/// Three releases of an engine that nobody made.
let composed = """
    #muster.flags/1\tdemo
    #releases\t1.0.0 1.1.0 2.0.0
    -b\t00-01\t=batch
    a\t00-02\tone\tinteger
    batch\t00-00\tone\tinteger\t\t8\t=-b
    batch\t01-01\tone\tcount\t\t8\t=-b\tdeprecated\tbatch-size
    batch-size\t-\t<batch
    batch-size\t01-02\tone\tcount\t\t8
    cache\t00-02\tnone\t\t\ttrue\t!no-cache
    mode\t00-00\tone\ttext?\tfast|slow
    mode\t02-02\tone\ttext?\tfast|slow|safe,sound\tfast
    no-cache\t00-02\t!cache
    zone\t02-02\tsome\ttext

    """

@Suite("flag catalogues")
struct FlagCatalogTests {
    private func catalog() throws -> FlagCatalog { try #require(FlagCatalog(Array(composed.utf8))) }

    @Test(
        "a name is found in the releases that have it",
        arguments: [
            ("a", 0, "a"), ("a", 2, "a"), ("batch", 0, "batch"), ("batch", 1, "batch"), ("batch", 2, nil),
            ("-b", 1, "batch"), ("-b", 2, nil), ("batch-size", 0, nil), ("batch-size", 1, "batch-size"),
            ("mode", 0, "mode"), ("mode", 1, nil), ("mode", 2, "mode"), ("no-cache", 1, "cache"), ("zone", 2, "zone"),
            ("zone", 1, nil), ("", 0, nil), ("A", 0, nil), ("batc", 0, nil), ("zones", 2, nil), ("~", 0, nil),
        ]
    )
    func names(name: String, release: Int, flag: String?) throws {
        let match = try catalog().match(name, in: release)
        #expect(match?.flag.name == flag)
        #expect(match.map(\.isOpposite) == flag.map { _ in name == "no-cache" })
    }

    @Test("a flag is what its line says of that release")
    func entries() throws {
        let catalog = try catalog()
        #expect(catalog.releases.map(\.text) == ["1.0.0", "1.1.0", "2.0.0"])
        let old = try #require(catalog.match("batch", in: 1)?.flag)
        #expect(old.run == 1...1 && old.arity == .one && old.type?.form == .count && old.fallback == "8")
        #expect(old.isDeprecated && old.replacement?.text == "`batch-size`" && old.replacement?.isAdvice == false)
        #expect(old.spellings.map(\.name) == ["-b"] && old.choices == [])
        let mode = try #require(catalog.match("mode", in: 2)?.flag)
        #expect(mode.choices == ["fast", "slow", "safe,sound"] && mode.type?.isOptional == true && !mode.isDeprecated)
        let cache = try #require(catalog.match("cache", in: 0)?.flag)
        #expect(cache.arity == .none && cache.type == nil && cache.fallback == "true" && cache.opposite == "no-cache")
    }

    @Test("what begins with a text, and when a name was there")
    func listing() throws {
        let catalog = try catalog()
        #expect(catalog.spellings(beginning: "batch", in: 1) == ["batch", "batch-size"])
        #expect(catalog.spellings(beginning: "batch", in: 2) == ["batch-size"])
        #expect(catalog.spellings(beginning: "he", in: 2) == ["help"])
        #expect(catalog.flags(in: 1).map(\.name) == ["a", "batch", "batch-size", "cache"])
        #expect(catalog.presence(of: "batch") == [0...1])
        #expect(catalog.presence(of: "mode") == [0...0, 2...2])
        #expect(catalog.presence(of: "nothing") == [])
    }

    @Test(
        "another form is refused",
        arguments: [
            "", "a\t00-00\tnone\n", "#muster.flags/2\tx\n#releases\t1.0.0\n", "#muster.flags/1\tx\n",
            "#muster.flags/1\tx\n#releases\t\n", "#muster.flags/1\tx\n#releases\tone\n",
            "#muster.flags/1\tx\n#releases\t1.0.0\na\t00-00\tnone",
        ]
    )
    func damaged(text: String) { #expect(FlagCatalog(Array(text.utf8)) == nil) }
}

@Suite("the catalogues of this build")
struct EmbeddedCatalogTests {
    static let kinds: [EngineSpec.Kind] = [.sglang, .vllm]

    @Test("together they are small")
    func size() throws {
        let sizes = try Self.kinds.map { try Repository.text("Sources/CFlagCatalog/\($0.rawValue).flags").utf8.count }
        #expect(sizes.reduce(0, +) <= 400 * 1024)
    }

    @Test("every line is one, in order, and is found by its name", arguments: kinds)
    func lines(kind: EngineSpec.Kind) throws {
        let text = try Repository.text("Sources/CFlagCatalog/\(kind.rawValue).flags")
        let raw = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        let catalog = FlagCatalog.of(kind)
        let lines = Array(catalog.lines())
        #expect(lines.map(\.name) == raw.map { String($0.prefix { $0 != "\t" }) })
        #expect(
            zip(lines, lines.dropFirst()).allSatisfy {
                $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) || $0.name == $1.name
            }
        )
        for line in lines { #expect(catalog.lines(named: line.name).contains(line), "\(line.name)") }
    }

    @Test("no spelling and no replacement points nowhere", arguments: kinds)
    func references(kind: EngineSpec.Kind) {
        let catalog = FlagCatalog.of(kind)
        for line in catalog.lines() {
            switch line.meaning {
            case .spelling:
                for release in line.run ?? 0...0 {
                    #expect(catalog.match(line.name, in: release) != nil, "\(line.name)")
                }
            case .formerly(let former):
                for word in former.words { #expect(!catalog.presence(of: word.flag).isEmpty, "\(word.flag)") }
            case .flag(let flag):
                for word in flag.replacement?.words ?? [] {
                    #expect(!catalog.presence(of: word.flag).isEmpty, "\(word.flag)")
                }
            }
        }
    }
}
