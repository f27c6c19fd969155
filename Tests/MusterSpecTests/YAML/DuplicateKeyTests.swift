import MusterSpec
import Testing

@Suite("Keys that stand twice")
struct DuplicateKeyTests {
    @Test("in block style the second one is pointed at, with the first in a note")
    func block() throws {
        let found = diagnostics(baseFile(["tcp_iface": "tcp_iface: bond0\ntcp_iface: bond1"]))
        #expect(found.map(\.code) == [.duplicateKey])
        let first = try #require(found.first)
        #expect(first.span == SourceSpan(line: 5, column: 1, length: 9))
        #expect(first.notes.map(\.span) == [SourceSpan(line: 4, column: 1, length: 9)])
    }

    @Test(
        "in flow style too",
        arguments: [
            ("env: {A: b, A: c}", 13), ("env: {A: \"x, A: y\", A: c}", 21), ("env: {A: 'x, A: y', A: c}", 21),
            ("env: {\"A\": b, A: c}", 15), ("env: {A: b, 'A': c}", 13), ("env: {A: {A: 1}, A: c}", 18),
            ("env: {A: [A, A: 1], A: c}", 21), ("env: {AA: b, A: b, A: c}", 20),
        ]
    )
    func flow(line: String, column: Int) {
        let found = diagnostics(baseFile(["env": line])).filter { $0.code == .duplicateKey }
        #expect(found.map(\.span?.column) == [column])
        #expect(found.map(\.span?.line) == [10])
    }

    @Test("in flow style over several lines, several on one line")
    func flowLines() {
        let text = baseFile(["env": "env: {\n  A: 1, B: 2,\n  A: 3, C: 4, B: 5\n}"])
        #expect(places(text) == ["12:3 MUS0106", "12:15 MUS0106"])
        #expect(places(baseFile(["env": "env: {\n  A: 1, A: 2\n}"])) == ["11:9 MUS0106"])
    }

    @Test("a whole file in flow style is searched as such")
    func flowFile() {
        let file = """
            {name: a, engine: {kind: sglang, version: 0.5.9}, model: m, tp_size: 8, nodes: [10.0.0.1], name: b}
            """
        #expect(places(file) == ["1:92 MUS0106"])
    }

    @Test("three of one key are two problems, in each of several mappings")
    func several() {
        let text = baseFile(["env": "env:\n  A: 1\n  A: 2\n  A: 3", "ssh": "ssh: {user: a, user: b}"])
        #expect(places(text) == ["8:16 MUS0106", "12:3 MUS0106", "13:3 MUS0106"])
    }

    @Test("inside lists of nodes")
    func nodes() {
        let text = baseFile(["nodes": "nodes:\n  - host: 10.0.0.1\n    host: 10.0.0.3\n  - host: 10.0.0.2"])
        #expect(places(text) == ["9:5 MUS0106"])
    }

    @Test("other problems are told in the same run")
    func others() {
        let text = baseFile(["tcp_iface": "tcp_iface: a\ntcp_iface: b", "rdma_gid_index": "rdma_gid_indx: 3"])
        #expect(places(text) == ["5:1 MUS0106", "6:1 MUS0201"])
    }

    @Test("keys of one letter stay apart from each other")
    func short() {
        let keys = (0..<40).map { _ in "A: 1" }.joined(separator: ", ")
        let found = codes(baseFile(["env": "env: {\(keys)}"]))
        #expect(found == Array(repeating: .duplicateKey, count: 39))
    }

    @Test("the same letters composed and decomposed are the same key, and nothing traps")
    func composed() {
        let (apart, together) = ("e\u{301}e\u{301}", "\u{e9}\u{e9}")
        for (first, second) in [(apart, together), (together, apart)] {
            let found = codes(baseFile(appending: "\(first): 1\n\(second):"))
            #expect(found.contains(.duplicateKey))
            #expect(codes(baseFile(["env": "env: {\(first): 1, \(second): 2}"])).contains(.duplicateKey))
        }
    }

    @Test("a text block that looks like the key is not taken for it")
    func blockText() {
        let found = places(baseFile(["args": "args:\n  A: |\n    x\n    A: y\n  A: z"]))
        #expect(found == ["15:3 MUS0106"])
    }

    @Test("a list as a key twice is one problem and ends")
    func complex() {
        #expect(codes(baseFile(["env": "env: {[a]: 1, [a]: 2}"])) == [.duplicateKey])
    }

    @Test("hundreds of them end")
    func hundreds() {
        let keys = (0..<600).map { "K\($0 % 3): 1" }.joined(separator: "\n  ")
        let found = codes(baseFile(["env": "env:\n  " + keys]))
        #expect(found.allSatisfy { $0 == .duplicateKey })
        #expect(found.count > 50)
    }
}
