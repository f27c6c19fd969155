import MusterSpec
import OrderedCollections

/// Whether the engine that the file names is what a unit will find.
enum SoftwareRules {
    static let all: [ClusterRule] = [Rules.each(missing), versions, Rules.each(refusedFlags), Rules.each(modelPath)]

    static func missing(_ node: ExaminedNode) -> [Finding] {
        let engine = node.file.engine.kind.value.rawValue
        let program = node.file.engine.executable?.value ?? (engine == "vllm" ? "vllm" : "python3")
        switch node.inventory.software {
        case .unknown(let reason):
            // What could not be asked is not what is not there.
            guard reason.hasSuffix("is not there") else { return [] }
            return [
                node.finding(
                    .engineMissing,
                    on: program,
                    "the program that starts the engine is not there",
                    measured: reason,
                    expected: "`\(program)` on the PATH of a non-login shell",
                    change: "name it in full: `engine: {executable: /path/to/\(lastPart(program))}`",
                    at: node.file.engine.executable?.span ?? node.file.engine.kind.span
                )
            ]
        case .value(let software):
            guard software.packages[engine] == nil else { return [] }
            return [
                node.finding(
                    .engineMissing,
                    on: engine,
                    "the engine is not installed for the interpreter that would run it",
                    measured: "\(software.executable) (Python \(software.python)) has no package `\(engine)`",
                    expected: "`\(engine)` \(node.file.engine.version.value)",
                    change: "run `\(software.executable) -m pip install \(engine)==\(node.file.engine.version.value)`, "
                        + "or name the right interpreter in `engine.executable`",
                    at: node.file.engine.executable?.span ?? node.file.engine.kind.span
                )
            ]
        }
    }

    private static func lastPart(_ path: String) -> String { Cut.split(path, UInt8(ascii: "/")).last ?? path }

    /// Rules and flags depend on the release that the file names.
    static func versions(_ cluster: ExaminedCluster) -> [Finding] {
        let engine = cluster.spec.engine.kind.value.rawValue
        guard !cluster.spec.unreadable.contains("engine.version") else { return [] }
        let wanted = cluster.spec.engine.version
        let found = cluster.nodes.compactMap { node in
            node.inventory.software.value?.packages[engine].map { (node: node, text: $0) }
        }
        let everywhere = Set(found.map(\.text)).count == 1
        return found.compactMap { node, text in
            let installed = EngineVersion(text)
            guard installed != wanted.value else { return nil }
            let edit =
                everywhere && installed != nil
                ? FileEdit(path: ["engine", "version"], value: text.prefix { $0 != "+" }.description) : nil
            return node.finding(
                .engineVersionDiffers,
                // A build from source has a number of its own, of which nothing can be told.
                installed?.isDevelopment != false ? .warning : .error,
                on: engine,
                "the engine is of another release than the file says",
                measured: text,
                expected: wanted.value.text,
                change: edit.map { "write `engine.version: \($0.value)`" }
                    ?? "install it: `pip install \(engine)==\(wanted.value.text)`",
                at: wanted.span,
                edit: edit
            )
        }
    }

    /// What the engine's own argument parser says.
    static func refusedFlags(_ node: ExaminedNode) -> [Finding] {
        (node.inventory.engineComplaints.value ?? []).map { complaint in
            let argument = node.file.arguments.first { name, _ in
                let flag = "--" + String(name.map { $0 == "_" ? "-" : $0 })
                return Cut.words(complaint).contains { word in
                    word == flag || word.hasPrefix(flag + "=") || word.hasPrefix(flag + ":")
                        || word.hasPrefix(flag + "/")
                }
            }
            return node.finding(
                .engineRefusesFlags,
                on: argument.map { "args.\($0.key)" },
                "the engine on the node refuses its command line",
                measured: complaint,
                expected: "flags that \(node.file.engine.kind.value.rawValue) "
                    + "\(node.file.engine.version.value) knows",
                change: argument.map { "remove or correct `\($0.key)` in `args`" }
                    ?? "compare with `muster render` and the engine's `--help`",
                at: argument?.value.keySpan
            )
        }
    }

    static func modelPath(_ node: ExaminedNode) -> [Finding] {
        guard let model = node.inventory.model.value, !model.exists, ModelFileRules.isPath(node.file.model.value) else {
            return []
        }
        return [
            node.finding(
                .modelMissing,
                on: node.file.model.value,
                "the model is not there",
                measured: "no `\(node.file.model.value)`",
                expected: "the model's directory on every node",
                change: "copy or mount it, or correct `model`; an engine would take the path for a name on the hub",
                at: node.file.model.span
            )
        ]
    }
}
