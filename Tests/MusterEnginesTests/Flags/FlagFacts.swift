import Foundation
import MusterEngines
import MusterSpec
import MusterTesting
import Testing

/// Facts about the flags of releases: a folder for each engine, a JSON file for each release.
enum FlagFacts {
    static let folder = Repository.root.appending(path: "../shared/facts/flags")
    static let areThere = FileManager.default.fileExists(atPath: folder.path)

    static let releases: [Release] = [EngineSpec.Kind.sglang, .vllm].flatMap { kind in
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/\(kind.rawValue)")) ?? []
        return names.filter { $0.first?.isNumber == true && $0.hasSuffix(".json") }.sorted()
            .map { Release(kind: kind, version: String($0.dropLast(5))) }
    }

    struct Release: CustomTestStringConvertible, CustomStringConvertible {
        let kind: EngineSpec.Kind
        let version: String
        var description: String { "\(kind.rawValue) \(version)" }
        var testDescription: String { description }

        func index() throws -> Int {
            let version = try #require(EngineVersion(version))
            return try #require(FlagCatalog.of(kind).releases.firstIndex(of: version))
        }

        func flags() throws -> [Flag] {
            let data = try Data(contentsOf: folder.appending(path: "\(kind.rawValue)/\(version).json"))
            let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            let flags = try #require(document["flags"] as? [[String: Any]])
            return flags.filter { $0["positional"] as? Bool != true }.map(Flag.init)
        }
    }

    struct Flag {
        let name: String
        /// All of them, and short ones with their dash.
        let spellings: [String]
        private let arity: String
        private let type: String
        private let action: String
        private let choices: [String]

        init(_ fact: [String: Any]) {
            let own = (fact["name"] as? String).map { [$0] } ?? []
            let others = ["names", "aliases", "hidden_names"].flatMap { fact[$0] as? [String] ?? [] }
            spellings = (own + others + [fact["negation"] as? String].compactMap { $0 }).map { name in
                name.hasPrefix("--") ? String(name.dropFirst(2)) : name
            }
            name = spellings.first ?? ""
            arity = fact["arity"] as? String ?? ""
            type = fact["type"] as? String ?? ""
            action = fact["action"] as? String ?? ""
            choices = (fact["choices"] as? [Any] ?? []).map { $0 is NSNull ? "None" : "\($0)" }
        }

        /// A value that the release's own parser takes, as YAML.
        var goodValue: String {
            guard arity != "0" else { return "true" }
            let text = JSONValue.string(choices.first { $0 != "None" } ?? sample).compact
            return arity == "+" || arity == "*" ? "[\(text), \(text)]" : text
        }

        private var sample: String {
            if action == "StoreBoolean" { return "true" }
            return switch type.replacing("optional:", with: "") {
            case "int", "lambda()": "1"
            case "float": "0.5"
            case "human_readable_int", "callable:human_readable_int": "8k"
            case "human_readable_int_or_auto": "auto"
            case "callable:json_list_type": "[1]"
            case "nullable_kvs": "a=1"
            case "callable:parse_cuda_graph_config_arg": #"{"decode": {}}"#
            case let type where type.contains("json") || type.contains("dict"): #"{"a": 1}"#
            default: "a"
            }
        }

        /// A value that it refuses.
        var badValue: String {
            if arity == "0" { return "x" }
            let isChecked =
                ["int", "float"].contains(type.replacing("optional:", with: "")) || type.contains("json")
                || type.contains("human_readable") || type.contains("cuda_graph_config")
            if !choices.isEmpty || isChecked { return JSONValue.string("{no such}").compact }
            return arity == "+" || arity == "*" || action == "AppendAction" ? "true" : "[a, b]"
        }
    }
}

extension FlagCatalog {
    /// The flags of one release under their own names, in order.
    func flags(in release: Int) -> [FlagEntry] {
        lines().compactMap { line in
            guard case .flag(let flag) = line.meaning, flag.run.contains(release) else { return nil }
            return flag
        }
    }
}
