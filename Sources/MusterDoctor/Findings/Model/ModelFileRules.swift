import MusterSpec

/// Whether the model's files are whole, and the same on all nodes. A shard that is missing or short leaves weights as
/// they come, and the engine answers in garbage.
enum ModelFileRules {
    static let all: [ClusterRule] = [
        Rules.each(missing), Rules.each(truncated), Rules.each(config), Rules.eachGang(equal),
    ]

    /// Whether the file names a directory; else it is a name on the hub.
    static func isPath(_ model: String) -> Bool {
        model.hasPrefix("/") || model.hasPrefix("~") || model.hasPrefix("./") || model.hasPrefix("../")
    }

    private static let weightEndings = [".safetensors", ".bin", ".pt", ".pth", ".gguf"]

    private static func isWeights(_ name: String) -> Bool { weightEndings.contains(where: name.hasSuffix) }

    private static func model(_ node: ExaminedNode) -> ModelFiles? {
        guard let model = node.inventory.model.value, model.exists, isPath(node.file.model.value) else { return nil }
        return model
    }

    static func missing(_ node: ExaminedNode) -> [Finding] {
        guard let model = model(node) else { return [] }
        let measured: String
        let subject: String
        switch model.index {
        case .files(let names, _, _)?:
            let absent = names.filter { (model.files[$0] ?? -1) < 0 }.sorted(by: NaturalOrder.isBefore)
            guard let first = absent.first else { return [] }
            subject = absent.count == 1 ? first : "\(absent.count) of \(names.count) shards"
            measured = "\(Names.list(absent)) not there"
        case .unreadable(let reason)?:
            subject = "model.safetensors.index.json"
            measured = reason
        case nil:
            guard !model.files.isEmpty || model.texts.isEmpty, !model.files.keys.contains(where: isWeights) else {
                return []
            }
            subject = "weights"
            measured = "no file of weights in \(model.path)"
        }
        return [
            node.finding(
                .modelFileMissing,
                on: subject,
                "files of the model are missing",
                measured: measured,
                expected: "every file that the index names",
                change: "copy the model again: `rsync -a --partial GOOD-NODE:\(model.path)/ \(model.path)/`",
                at: node.file.model.span
            )
        ]
    }

    /// A whole file is eight bytes, its header and its data; a shorter one was not copied to its end.
    static func truncated(_ node: ExaminedNode) -> [Finding] {
        guard let model = model(node) else { return [] }
        let short = model.shards.compactMap { name, shard -> (name: String, text: String)? in
            guard let size = model.files[name], size >= 0 else { return nil }
            switch shard {
            case .unreadable(let reason): return (name, "\(name): \(reason)")
            case .lengths(let header, let data):
                let (whole, overflow) = header.addingReportingOverflow(data)
                guard overflow || size < whole else { return nil }
                return (name, "\(name): \(size) bytes of \(overflow ? "too many" : "\(whole)")")
            }
        }.sorted { NaturalOrder.isBefore($0.name, $1.name) }
        guard let first = short.first else { return [] }
        return [
            node.finding(
                .modelFileTruncated,
                on: short.count == 1 ? first.name : "\(short.count) shards",
                "files of the model are cut off or damaged",
                measured: short.prefix(3).map(\.text).joined(separator: "; ") + (short.count > 3 ? "; ..." : ""),
                expected: "the lengths that their headers give",
                change: "copy them again and compare with `sha256sum`",
                at: node.file.model.span
            )
        ]
    }

    static func config(_ node: ExaminedNode) -> [Finding] {
        guard let model = model(node), !model.files.keys.contains(where: { $0.hasSuffix(".gguf") }) else { return [] }
        let measured: String
        if let text = model.texts["config.json"] {
            do throws(Damage) {
                guard case .object = try JSONReader.value(of: Array(text.utf8)) else {
                    throw Damage(.malformed, found: "no object", expected: "an object")
                }
                return []
            } catch {
                measured = error.message
            }
        } else {
            measured = model.files["config.json"] == nil ? "no `config.json`" : "`config.json` cannot be read"
        }
        return [
            node.finding(
                .modelConfigUnreadable,
                on: "config.json",
                "the model's configuration cannot be read",
                measured: measured,
                expected: "a JSON object",
                change: "copy `config.json` again from where the model comes from",
                at: node.file.model.span
            )
        ]
    }

    /// Names with sizes, and the texts: what tells two copies apart without reading the weights.
    private struct Contents: Hashable {
        let files: [String: Int]
        let texts: [String: String]
    }

    static func equal(_ nodes: [ExaminedNode]) -> [Finding] {
        let contents = nodes.compactMap { node in
            model(node).map { model in
                (
                    node: node.name,
                    value: Contents(
                        files: model.files.filter { isWeights($0.key) || $0.key.hasSuffix(".index.json") },
                        texts: model.texts
                    )
                )
            }
        }
        let groups = Groups(contents)
        guard groups.differ, let first = nodes.first else { return [] }
        func finding(_ nodes: [String], measured: String, expected: String, change: String) -> Finding {
            var finding = first.finding(
                .modelFilesDiffer,
                on: first.file.model.value,
                "the model is not the same on all nodes",
                measured: measured,
                expected: expected,
                change: change,
                at: first.file.model.span
            )
            finding.nodes = nodes
            return finding
        }
        guard let usual = groups.majority else {
            let different = different(groups.groups.map(\.value))
            return [
                finding(
                    groups.named,
                    measured: "different: " + groups.text { value in list(different, of: value) },
                    expected: "the same on all nodes",
                    change: "find out which copy is right, and copy the model from its node to the others"
                )
            ]
        }
        return groups.minority.map { group in
            finding(
                group.nodes,
                measured: "different: " + list(different([group.value, usual.value]), of: group.value),
                expected: "as on \(Names.list(usual.nodes))",
                change: "copy the model from \(usual.nodes[0])"
            )
        }
    }

    /// Names of the files that are not the same in all copies.
    private static func different(_ copies: [Contents]) -> [String] {
        let names = Set(copies.flatMap { Array($0.files.keys) + Array($0.texts.keys) })
        return names.filter { name in
            Set(copies.map { $0.files[name] }).count > 1 || Set(copies.map { $0.texts[name] }).count > 1
        }.sorted(by: NaturalOrder.isBefore)
    }

    private static func list(_ names: [String], of copy: Contents) -> String {
        Names.list(names.map { name in copy.files[name].map { "\(name) (\($0) bytes)" } ?? name })
    }
}
