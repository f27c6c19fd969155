import Glibc
import MusterSpec
import Testing

@Suite("Files that cost too much")
struct YAMLLimitsTests {
    /// Far above what any of these takes, unoptimised as the tests are; unbounded they take hours or all memory.
    private static let limit = Duration.seconds(5)

    private func bounded(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> [DiagnosticCode] {
        let start = Self.spent()
        let found = codes(text)
        #expect(Self.spent() - start < Self.limit, sourceLocation: sourceLocation)
        return found
    }

    /// Processor time of this thread: other tests and a busy machine do not count.
    private static func spent() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    @Test("ten megabytes are refused unread")
    func large() {
        let file = ClusterFile(bytes: Array(repeating: UInt8(ascii: "a"), count: 10 << 20), name: "a")
        #expect(file.diagnostics.map(\.code) == [.fileTooLarge])
        #expect(file.diagnostics.first?.span == nil)
    }

    @Test("thousands of variables are read")
    func manyLines() {
        let env = (0..<3000).map { "  VARIABLE_\($0): a value of some length" }.joined(separator: "\n")
        #expect(codes(baseFile(["env": "env:\n" + env])) == [])
    }

    @Test("control bytes are no text, at their place", arguments: [0x00, 0x01, 0x1b, 0x7f] as [UInt8])
    func binary(byte: UInt8) {
        let bytes = Array("name: a\nmodel: é".utf8) + [byte] + Array("b\n".utf8)
        let file = ClusterFile(bytes: bytes, name: "a")
        #expect(file.diagnostics.map(\.code) == [.notText])
        #expect(file.diagnostics.first?.span == SourceSpan(line: 2, column: 9))
    }

    @Test(
        "bytes that are no UTF-8 are told, at their place",
        arguments: [[0xff], [0xc3], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf8, 0x88], [0xc0, 0xaf]] as [[UInt8]]
    )
    func invalid(bytes: [UInt8]) {
        let file = ClusterFile(bytes: Array("name: a\nmodel: é".utf8) + bytes + Array("\nb: c\n".utf8), name: "a")
        #expect(file.diagnostics.map(\.code) == [.notText])
        #expect(file.diagnostics.first?.span == SourceSpan(line: 2, column: 9))
        #expect(file.source.line(2)?.hasPrefix("model: é\u{fffd}") == true)
    }

    @Test("UTF-16 is no UTF-8")
    func utf16() {
        let bytes: [UInt8] = [0xff, 0xfe] + "name: a\n".utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        #expect(ClusterFile(bytes: bytes, name: "a").diagnostics.map(\.code) == [.notText])
    }

    @Test(
        "a hundred thousand brackets are refused at the first too many",
        arguments: ["[", "{", "[{", "- ", "? ", "-\n"]
    )
    func brackets(open: String) {
        let found = bounded(baseFile(["env": "env: " + String(repeating: open, count: 100_000)]))
        #expect(found == [.nestedTooDeeply] || found == [.yamlSyntax])
    }

    @Test("brackets that hide behind a text block or a quote end as well")
    func hidden() {
        let many = String(repeating: "[", count: 100_000)
        for opener in ["args:\n  a: |\n    'x", "args:\n  a: >\n    \"x", "args:\n  a: x 'y", "args:\n  # 'x\n  a: b"] {
            #expect(bounded(baseFile(["args": opener + "\nenv: " + many])).count == 1)
        }
    }

    @Test("a thousand levels of indentation end", arguments: [100, 1000, 1500])
    func indentation(levels: Int) {
        let text = (0..<levels).map { String(repeating: " ", count: $0 + 2) + "a:" }.joined(separator: "\n")
        #expect(bounded(baseFile(["args": "args:\n" + text + " b"])).count == 1)
    }

    /// Nine lines that stand for 10^9 values.
    private static func bomb(_ open: String, _ close: String, _ item: (String) -> String) -> String {
        var lines = ["&l0 \(open)\(item("x"))\(close)"]
        for level in 1...9 {
            let items = (0..<10).map { _ in item("*l\(level - 1)") }.joined(separator: ", ")
            lines.append("&l\(level) \(open)\(items)\(close)")
        }
        return "[" + lines.joined(separator: ", ") + "]"
    }

    @Test("a bomb of aliases as values ends", arguments: ["env", "nodes", "rdma_hcas", "args", "ssh", "secrets"])
    func values(key: String) {
        let bomb = Self.bomb("[", "]") { $0 }
        let isInBase = DiagnosticPage.Example.base.contains("\n\(key):")
        let line = "\(key): \(bomb)"
        #expect(!bounded(isInBase ? baseFile([key: line]) : baseFile(appending: line + "\n")).isEmpty)
    }

    @Test("a bomb of aliases as keys ends")
    func keys() {
        let bomb = Self.bomb("[", "]") { $0 }
        #expect(bounded(baseFile(["env": "env: {a: \(bomb), *l9 : b}"])) == [.aliasAsKey])
        #expect(!bounded(baseFile(["env": "env: {a: \(bomb), [*l9]: b}"])).isEmpty)
        #expect(!bounded(baseFile(["env": "env: {a: \(bomb), ? [*l9] : b}"])).isEmpty)
        #expect(!bounded(baseFile(["env": "env:\n  a: \(bomb)\n  ?\n    *l9\n  : b"])).isEmpty)
    }

    @Test("a bomb in the JSON of an argument ends")
    func arguments() {
        let bomb = Self.bomb("[", "]") { $0 }
        #expect(bounded(baseFile(["args": "args: {a: \(bomb)}"])) == [.nestedTooDeeply])
        let mappings = Self.bomb("{", "}") { "k: \($0)" }
        #expect(!bounded(baseFile(["args": "args: {a: \(mappings)}"])).isEmpty)
    }

    @Test("a bomb in merge keys ends")
    func merges() {
        var lines = ["  - {host: a, env: &m0 {X: y}}"]
        for level in 1...12 {
            let sources = Array(repeating: "*m\(level - 1)", count: 10).joined(separator: ", ")
            lines.append("  - {host: a\(level), env: &m\(level) {<<: [\(sources)]}}")
        }
        #expect(!bounded(baseFile(["nodes": "nodes:\n" + lines.joined(separator: "\n")])).isEmpty)
    }

    @Test("aliases of big mappings inside big lists are paid for")
    func amplified() {
        let env = (0..<1000).map { "A\($0): b" }.joined(separator: ", ")
        let nodes = Array(repeating: "*n", count: 5000).joined(separator: ", ")
        #expect(bounded(baseFile(["nodes": "nodes: [&n {host: x, env: {\(env)}}, \(nodes)]"])).contains(.fileTooLarge))
    }

    @Test("ranges stand for a bounded number of hosts, in one entry and in all")
    func ranges() {
        #expect(bounded(baseFile(["nodes": "nodes: [\"a[0-4095][0-4095]\"]"])).contains(.malformedValue))
        let parts = Array(repeating: "0-4095", count: 10_000).joined(separator: ",")
        #expect(bounded(baseFile(["nodes": "nodes: [\"a[\(parts)]\"]"])).contains(.malformedValue))
        let entries = (0..<2000).map { "\"n\($0)-[0-4095]\"" }.joined(separator: ", ")
        #expect(bounded(baseFile(["nodes": "nodes: [\(entries)]"])).contains(.fileTooLarge))
        #expect(codes(baseFile(["nodes": "nodes: [\"a[0-4095]\", b]"])).contains(.outOfRange))
    }

    @Test("problems without end are cut off")
    func problems() {
        let keys = (0..<3000).map { "k\($0): 1" }.joined(separator: "\n")
        #expect(bounded(baseFile(appending: keys + "\n")).count <= 1001)
    }
}
