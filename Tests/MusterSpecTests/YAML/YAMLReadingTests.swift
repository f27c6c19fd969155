import MusterSpec
import OrderedCollections
import Testing

@Suite("Reading YAML")
struct YAMLReadingTests {
    @Test(
        "nothing is an empty file",
        arguments: ["", "\n\n", "# only words\n", "---\n", "--- ~\n", "null\n", "\u{feff}", "   \n\n", "--- # words\n"]
    )
    func empty(text: String) {
        #expect(codes(text) == [.emptyFile])
    }

    @Test("a scalar or a list is no cluster file", arguments: ["hello\n", "[a, b]\n", "- a\n"])
    func noMapping(text: String) {
        #expect(places(text) == ["1:1 MUS0203"])
    }

    @Test("a byte order mark and Windows line ends change nothing, positions included")
    func windows() {
        let wrong = baseFile(["rdma_gid_index": "rdma_gid_index: 300"])
        #expect(places(wrong) == ["5:17 MUS0205"])
        #expect(places(wrong.replacing("\n", with: "\r\n")) == ["5:17 MUS0205"])
        #expect(places("\u{feff}" + wrong) == ["5:17 MUS0205"])
        #expect(places(wrong.replacing("\n", with: "\r")) == ["5:17 MUS0205"])
    }

    @Test("columns count scalars, however wide they are shown")
    func wide() {
        #expect(places(baseFile(["ssh": "ssh: {user: 漢字👩‍💻é, port: 0}"])) == ["8:27 MUS0205"])
        #expect(places(baseFile(["env": "env: {A: é́́, 漢: b}"])) == ["10:15 MUS0321"])
    }

    @Test("a tab in the indentation is named for what it is")
    func tab() {
        #expect(places(baseFile(["env": "env:\n\tA: b"])) == ["11:1 MUS0109"])
        #expect(places(baseFile(["env": "env:\n  \tA: b"])).contains("11:3 MUS0109"))
        #expect(codes(baseFile(["env": "env:\tX"])) != [.tabIndentation])
    }

    @Test("two documents are one too many, and a marker at the start is none")
    func documents() {
        #expect(places(baseFile(appending: "---\nname: b\n")) == ["12:1 MUS0108"])
        #expect(codes("---\n" + baseFile()) == [])
        #expect(codes(baseFile(appending: "...\n")) == [])
    }

    @Test("anchors and aliases stand for values")
    func aliases() {
        let spec = read(
            baseFile([
                "model": "model: &path /models/a", "env": "env: {A: *path}",
                "nodes": "nodes: [{host: 10.0.0.1, env: &e {X: y}}, {host: 10.0.0.2, env: *e}]",
            ])
        )
        #expect(spec.diagnostics == [])
        #expect(spec.spec?.environment["A"]?.value == "/models/a")
        #expect(spec.spec?.nodes.last?.environment["X"]?.value == "y")
    }

    @Test("an alias of nothing is a syntax error at the alias")
    func unknownAlias() {
        #expect(places(baseFile(["model": "model: *nowhere"])) == ["3:8 MUS0105"])
    }

    @Test("an anchor inside itself ends")
    func recursion() {
        #expect(codes(baseFile(["env": "env: &e {A: *e}"])) == [.yamlSyntax])
    }

    @Test(
        "an alias as a key is refused before the parser sees it",
        arguments: ["{*a : b}", "{? *a : b}", "\n  *a : b"]
    )
    func aliasKey(value: String) {
        #expect(codes(baseFile(["model": "model: &a /m", "env": "env: \(value)"])) == [.aliasAsKey])
    }

    @Test("merge keys fold mappings in, and what stands in the mapping wins")
    func merge() {
        let file = read(
            baseFile([
                "nodes": """
                nodes:
                  - {host: 10.0.0.1, env: &a {X: one, Y: one}}
                  - {host: 10.0.0.2, env: {<<: *a, Y: two}}
                """
            ])
        )
        #expect(file.diagnostics == [])
        #expect(file.spec?.nodes.last?.environment.mapValues(\.value) == ["Y": "two", "X": "one"])
    }

    @Test("a merged mapping may itself have merged one, and a list of them is taken in order")
    func chain() {
        let file = read(
            baseFile([
                "nodes": """
                nodes:
                  - {host: 10.0.0.1, env: &a {X: one, Z: a}}
                  - {host: 10.0.0.2, env: &b {<<: *a, Y: two}}
                """,
                "env": "env: {<<: [*b, {X: three, Q: four}]}",
            ])
        )
        #expect(file.diagnostics == [])
        #expect(file.spec?.environment.mapValues(\.value) == ["Y": "two", "X": "one", "Z": "a", "Q": "four"])
    }

    @Test("a flag's mapping merges too")
    func mergeInArgument() {
        let file = read(baseFile(["args": "args: {a: &a {x: 1}, b: {<<: *a, y: 2}}"]))
        #expect(file.spec?.arguments["b"]?.value == .json(["y": 2, "x": 1]))
    }

    @Test("a merge of something else is told", arguments: ["{<<: a}", "{<<: [a]}", "{<<: }"])
    func badMerge(value: String) {
        #expect(codes(baseFile(["env": "env: \(value)"])) == [.badMerge])
    }

    @Test("a key of the wrong level names the right one")
    func wrongLevel() throws {
        let hints = [
            ("http: 8000", "`http` belongs in `ports`"), ("user: root", "`user` belongs in `nodes.ssh`"),
            ("image: a", "`image` belongs in `runtime.docker`"),
            ("startup_timeout: 4m", "`startup_timeout` belongs in `health`"),
        ]
        for (line, hint) in hints {
            #expect(diagnostics(baseFile(appending: line + "\n")).map(\.hint) == [hint])
        }
    }

    @Test(
        "a misspelt key finds its neighbour",
        arguments: [
            ("tcpiface: a", "tcp_iface"), ("TP-SIZE: 4", "tp_size"), ("nods: [a]", "nodes"), ("heatlh: {}", "health"),
            ("restrat: {}", "restart"), ("state-dir: a", "state_dir"),
        ]
    )
    func didYouMean(line: String, name: String) {
        #expect(diagnostics(baseFile(appending: line + "\n")).last?.hint == "did you mean `\(name)`?")
    }

    @Test("a key nothing resembles is told where flags and variables go")
    func noNeighbour() {
        let hint = "remove it; engine flags go into `args`, environment variables into `env`"
        #expect(diagnostics(baseFile(appending: "quantization: fp8\n")).map(\.hint) == [hint])
    }

    @Test(
        "text fields take what YAML 1.1 would turn into something else, letter by letter",
        arguments: ["on", "010", "22:22", "3.10", "1e3", "0x10", "1_000", "yes", "2026-01-01", ".inf", "0o7", "+1"]
    )
    func textTraps(text: String) {
        let file = read(
            baseFile(["env": "env: {A: \(text)}", "args": "args: {a: \(text)}", "model": "model: \(text)"])
        )
        #expect(file.diagnostics == [])
        #expect(file.spec?.environment["A"]?.value == text)
        #expect(file.spec?.arguments["a"]?.value == .text(text))
        #expect(file.spec?.model.value == text)
    }

    @Test(
        "number fields refuse them instead of guessing",
        arguments: [
            ("on", DiagnosticCode.wrongType), ("010", .malformedValue), ("22:22", .wrongType), ("3.10", .wrongType),
            ("1e3", .wrongType), ("0x10", .wrongType), ("1_0", .wrongType), ("+3", .wrongType), ("~", .emptyValue),
            ("null", .emptyValue), ("-1", .outOfRange), ("99999999999999999999", .outOfRange), ("٣", .wrongType),
        ]
    )
    func numberTraps(text: String, code: DiagnosticCode) {
        #expect(codes(baseFile(["rdma_gid_index": "rdma_gid_index: \(text)"])) == [code])
    }

    @Test("true is a flag given, and quoted it is text")
    func booleans() {
        let file = read(baseFile(["args": "args: {a: true, b: 'true', c: False, d: \"false\", e: yes}"]))
        #expect(
            file.spec?.arguments.mapValues(\.value) == [
                "a": .switched(true), "b": .text("true"), "c": .switched(false), "d": .text("false"), "e": .text("yes"),
            ]
        )
    }

    @Test("quotes keep what they hold, and a quoted null is text")
    func quotes() {
        let file = read(baseFile(["env": "env: {A: 'it''s', B: \"null\", C: '~', D: \"\\u00e9\"}"]))
        #expect(file.diagnostics == [])
        #expect(file.spec?.environment.mapValues(\.value) == ["A": "it's", "B": "null", "C": "~", "D": "é"])
    }
}
