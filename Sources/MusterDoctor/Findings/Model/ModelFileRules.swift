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
        guard groups.differ else { return [] }
        let usual = groups.majority ?? groups.groups[0]
        return groups.groups.filter { $0.value != usual.value }.flatMap { group -> [Finding] in
            let names = Set(group.value.files.keys).union(usual.value.files.keys)
                .filter { group.value.files[$0] != usual.value.files[$0] }
            let texts = Set(group.value.texts.keys).union(usual.value.texts.keys)
                .filter { group.value.texts[$0] != usual.value.texts[$0] }
            let different = names.union(texts).sorted(by: NaturalOrder.isBefore)
            guard let node = nodes.first(where: { $0.name == group.nodes[0] }) else { return [] }
            var finding = node.finding(
                .modelFilesDiffer,
                on: node.file.model.value,
                "the model is not the same on all nodes",
                measured: "different: " + Names.list(different.map { describe($0, group.value.files[$0]) }),
                expected: "as on \(Names.list(usual.nodes))",
                change: "copy the model from \(usual.nodes[0])",
                at: node.file.model.span
            )
            finding.nodes = groups.majority == nil ? groups.named : group.nodes
            return [finding]
        }
    }

    private static func describe(_ name: String, _ size: Int?) -> String {
        size.map { "\(name) (\($0) bytes)" } ?? name
    }
}
