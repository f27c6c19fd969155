import MusterTesting
import OrderedCollections
import Testing

@testable import MusterSpec

/// Files of every style, and edits of each: an edit does what it says, to nothing else, once.
@Suite("Any file, any edit")
struct EditorPropertyTests {
    private struct Generated {
        var text: String
        var hosts: Int
    }

    private static func file(_ random: inout SeededRandom) -> Generated {
        func pick(_ texts: String...) -> String { texts.randomElement(using: &random) ?? "" }
        func comment() -> String { pick("", "", " # note", "   # {a: [b", " # 'x", " #") }
        func filler() -> [String] { Bool.random(using: &random) ? [] : [pick("", "# above", "  # deeper", "#x: y")] }
        var sections: [[String]] = [
            ["name: demo" + comment()],
            [
                pick("engine: {kind: sglang, version: 0.5.9}", "engine:\n  kind: 'sglang'\n  version: \"0.5.9\"")
                    + comment()
            ],
            ["model: \"/models/it's # here\"" + comment()],
            [pick("tcp_iface: bond0", "tcp_iface:  'bond0'", "\"tcp_iface\": bond0") + comment()],
            [pick("tp_size: 8", "tp_size:   8") + comment()],
            [pick("rdma_gid_index: 3", "rdma_gid_index: auto", "pp_size: 1") + comment()],
            [
                pick(
                    "env: {NCCL_DEBUG: INFO}",
                    "env: {}",
                    "env:\n  A: \"b, c\"\n\n  # more\n  NCCL_DEBUG: WARN",
                    "env: {\n  A: b, # x\n  NCCL_DEBUG: 'WARN',\n}",
                    "args: {a: [1, 2]}"
                )
            ],
            [pick("args:\n  x: |\n    text # of\n    lines", "args: {y: {z: 1}}", "bind: 0.0.0.0")],
        ]
        var keys: Set<String> = []
        sections = sections.filter { section in
            keys.insert(section[0].prefix { $0 != ":" }.replacing("\"", with: "").description).inserted
        }
        let hosts = Int.random(in: 1...5, using: &random)
        var nodes: [String] = []
        if Bool.random(using: &random) {
            let dash = pick("- ", "  - ", "    -   ")
            nodes = ["nodes:" + comment()]
            var number = 0
            while number < hosts {
                let run = Int.random(in: 1...(hosts - number), using: &random)
                let range = run == 1 ? "\(number + 1)" : "[\(number + 1)-\(number + run)]"
                nodes.append(
                    dash + pick("gpu-\(range)", "\"gpu-\(range)\"", "{host: \"gpu-\(range)\", rdma_gid_index: 1}")
                        + comment()
                )
                nodes += filler()
                number += run
            }
        } else {
            let items = (1...hosts).map {
                pick("gpu-\($0)", "'gpu-\($0)'", "{host: gpu-\($0)}", "{ host: gpu-\($0), env: {A: b} }")
            }
            nodes = ["nodes: [" + items.joined(separator: pick(", ", ",\n  ")) + "]" + comment()]
        }
        sections.append(nodes)
        sections.shuffle(using: &random)
        let lines = sections.flatMap { filler() + $0 }
        let text = lines.joined(separator: "\n") + pick("\n", "")
        return Generated(text: Bool.random(using: &random) ? text : text.replacing("\n", with: "\r\n"), hosts: hosts)
    }

    private static func edit(_ file: Generated, _ random: inout SeededRandom) -> FileEdit {
        let node = "\(Int.random(in: 0..<file.hosts, using: &random))"
        let paths: [[String]] = [
            ["tcp_iface"], ["env", "NCCL_NET"], ["env", "NCCL_DEBUG"], ["nodes", node, "tcp_iface"],
            ["nodes", node, "env", "A"], ["nodes", node, "state_dir"], ["ssh", "user"], ["name"],
        ]
        return FileEdit(
            path: paths.randomElement(using: &random) ?? [],
            value: ["eth7", "\"eth8\"", "'eth9'"].randomElement(using: &random) ?? ""
        )
    }

    @Test("an edit is made, proven by another decoding, touches few lines, and happens once")
    func any() throws {
        var random = SeededRandom(seed: 20_260_301)
        for round in 0..<600 {
            let file = Self.file(&random)
            let edit = Self.edit(file, &random)
            let source = SourceFile(name: "cluster.yaml", text: file.text)
            let before = try #require(ClusterFile(source: source).spec, "\(file.text)")
            var editor = ClusterFileEditor(source)
            #expect(editor.apply([edit]) == [], "round \(round)\n\(file.text)")
            let text = editor.source.text
            let after = try #require(ClusterFile(source: editor.source).spec)
            expect(edit, before, after, "round \(round) \(edit)\n\(text)")
            // A last line without its end is one more, where it gains one of two bytes.
            let rows = LineDifference(old: file.text, new: text).rows
            #expect(
                rows.count { $0.kind == .removed } <= 1 && rows.count { $0.kind == .added } <= file.hosts + 1,
                "\(text)"
            )
            // A file of CRLF has no bare LF, and the other way round.
            if file.text.utf8.contains(0x0d) {
                #expect(text.utf8.count { $0 == 0x0d } == text.utf8.count { $0 == 0x0a })
            } else {
                #expect(!text.utf8.contains(0x0d))
            }
            #expect(text.hasSuffix("\n") == file.text.hasSuffix("\n"))
            #expect(editor.apply([edit]) == [] && editor.source.text == text)
        }
    }

    /// By the spec, which the editor does not look at.
    private func expect(_ edit: FileEdit, _ before: ClusterSpec, _ after: ClusterSpec, _ message: Comment) {
        let value = String(edit.value.drop { "\"'".contains($0) }.prefix { !"\"'".contains($0) })
        let path = edit.path
        #expect(after.nodes.map(\.host) == before.nodes.map(\.host), message)
        #expect(after.nodes.map(\.gidIndex?.value) == before.nodes.map(\.gidIndex?.value), message)
        #expect(after.arguments.mapValues(\.value) == before.arguments.mapValues(\.value), message)
        #expect(
            after.model.value == before.model.value && after.engine.version.value == before.engine.version.value,
            message
        )
        #expect(after.tcpInterface?.value == (path == ["tcp_iface"] ? value : before.tcpInterface?.value), message)
        #expect(after.name.value.value == (path == ["name"] ? value : before.name.value.value), message)
        #expect(after.ssh.user?.value == (path == ["ssh", "user"] ? value : before.ssh.user?.value), message)
        var variables = before.environment.mapValues(\.value)
        if path[0] == "env" { variables[path[1]] = value }
        #expect(after.environment.mapValues(\.value) == variables, message)
        for (index, node) in after.nodes.enumerated() {
            let isEdited = path[0] == "nodes" && path[1] == "\(index)"
            let old = before.nodes[index]
            var own = old.environment.mapValues(\.value)
            if isEdited, path[2] == "env" { own[path[3]] = value }
            #expect(node.environment.mapValues(\.value) == own, message)
            let interface = isEdited && path[2] == "tcp_iface" ? value : old.tcpInterface?.value
            #expect(node.tcpInterface?.value == interface, message)
            let directory = isEdited && path[2] == "state_dir" ? value : old.stateDirectory?.value
            #expect(node.stateDirectory?.value == directory, message)
        }
    }
}
