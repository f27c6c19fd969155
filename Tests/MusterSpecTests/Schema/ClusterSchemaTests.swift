import MusterSpec
import MusterTesting
import OrderedCollections
import Testing

@Suite("JSON Schema")
struct ClusterSchemaTests {
    @Test("the schema is recorded, so that a change of the table shows in review")
    func golden() { expectGolden(ClusterSchema.json.pretty + "\n", "schema") }

    @Test("the example files conform", arguments: Repository.configs.map(\.name))
    func configs(name: String) throws {
        let text = try Repository.text("Configs/\(name)")
        #expect(SchemaCheck.problems(try SchemaCheck.value(text), ClusterSchema.json, at: "") == [])
    }

    @Test(
        "what muster refuses for its shape the schema refuses too",
        arguments: [
            "tp_sise: 4", "tp_size: 0", "tp_size: [4]", "nodes: 4", "rdma_gid_index: 256", "rdma_gid_index: atuo",
            "ssh: {host_keys: lax}", "health: {startup_timeout: 40}", "master_ip: 7", "runtime: container",
            "runtime: {docker: {}}", "nodes: [{name: a}]", "env: [A]", "args: {a: ~}",
        ]
    )
    func refused(line: String) throws {
        let kept = baseFile().split(separator: "\n").filter { $0.prefix { $0 != ":" } != line.prefix { $0 != ":" } }
        let text = (kept + [line[...]]).joined(separator: "\n")
        #expect(SchemaCheck.problems(try SchemaCheck.value(text), ClusterSchema.json, at: "") != [])
        #expect(diagnostics(text).hasErrors)
    }

    @Test("the base conforms, and so do numbers where text stands")
    func accepted() throws {
        let text = baseFile(["engine": "engine: {kind: vllm, version: 0.10}", "env": "env: {A: 1, B: true, C: 1.5}"])
        #expect(SchemaCheck.problems(try SchemaCheck.value(text), ClusterSchema.json, at: "") == [])
        #expect(!diagnostics(text).hasErrors)
    }

    @Test("defaults that are values stand as values, others in the description")
    func defaults() {
        let properties = SchemaCheck.member("properties", of: ClusterSchema.json)
        #expect(SchemaCheck.member("default", of: SchemaCheck.member("tp_size", of: properties)) == 1)
        let master = SchemaCheck.member("master_ip", of: properties)
        #expect(SchemaCheck.member("default", of: master) == nil)
        #expect(SchemaCheck.member("description", of: master) == "Where ranks meet. Default: the first node's address.")
        #expect(SchemaCheck.member("examples", of: SchemaCheck.member("ssh", of: properties)) == [["user": "root"]])
    }
}

/// The few words of JSON Schema that ours uses, enough to see that it says what it should. The whole of it was
/// compared with a full validator by hand.
enum SchemaCheck {
    static func member(_ name: String, of value: JSONValue?) -> JSONValue? {
        guard case .object(let members)? = value else { return nil }
        return members[name]
    }

    static func problems(_ value: JSONValue, _ schema: JSONValue, at path: String) -> [String] {
        var problems: [String] = []
        if let type = member("type", of: schema), !matches(value, type) { problems.append("\(path): type") }
        if case .array(let words)? = member("enum", of: schema), !words.contains(value) {
            problems.append("\(path): enum")
        }
        if case .array(let choices)? = member("oneOf", of: schema) {
            let fitting = choices.count { self.problems(value, $0, at: path).isEmpty }
            if fitting != 1 { problems.append("\(path): fits \(fitting) of oneOf") }
        }
        if case .integer(let number) = value {
            if case .integer(let least)? = member("minimum", of: schema), number < least {
                problems.append("\(path): minimum")
            }
            if case .integer(let most)? = member("maximum", of: schema), number > most {
                problems.append("\(path): maximum")
            }
        }
        if case .string(let text) = value, case .string(let pattern)? = member("pattern", of: schema),
            let regex = try? Regex(pattern), text.firstMatch(of: regex) == nil
        {
            problems.append("\(path): pattern")
        }
        switch value {
        case .object(let members): problems += object(members, schema, at: path)
        case .array(let items):
            guard let element = member("items", of: schema) else { break }
            problems += items.enumerated().flatMap { self.problems($0.element, element, at: "\(path)[\($0.offset)]") }
        default: break
        }
        return problems
    }

    private static func object(
        _ members: OrderedDictionary<String, JSONValue>,
        _ schema: JSONValue,
        at path: String
    ) -> [String] {
        var problems: [String] = []
        if case .array(let required)? = member("required", of: schema) {
            for case .string(let name) in required where members[name] == nil { problems.append("\(path): no \(name)") }
        }
        let additional = member("additionalProperties", of: schema)
        for (name, value) in members {
            if let property = member(name, of: member("properties", of: schema)) {
                problems += self.problems(value, property, at: "\(path)/\(name)")
            } else if additional == false {
                problems.append("\(path): unknown \(name)")
            } else if let additional {
                problems += self.problems(value, additional, at: "\(path)/\(name)")
            }
        }
        return problems
    }

    private static func matches(_ value: JSONValue, _ type: JSONValue) -> Bool {
        if case .array(let types) = type { return types.contains { matches(value, $0) } }
        return switch (type, value) {
        case ("null", .null), ("boolean", .boolean), ("integer", .integer), ("number", .integer), ("number", .number),
            ("string", .string), ("array", .array), ("object", .object):
            true
        default: false
        }
    }

    /// YAML as an editor sees it, scalars by what they look like: the way a flag's mapping is read.
    static func value(_ yaml: String) throws -> JSONValue {
        let indented = yaml.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
        let spec = read(baseFile(["args": "args:\n  file:\n" + indented])).spec
        guard case .json(let value)? = spec?.arguments["file"]?.value else {
            throw NoMapping()
        }
        return value
    }

    private struct NoMapping: Error {}
}
