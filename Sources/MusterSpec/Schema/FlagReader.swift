import OrderedCollections
import Yams

/// Reads the value of an engine flag, keeping text as it was written.
enum FlagReader {
    /// A JSON value nested deeper or larger than this is a mistake, not an engine option; aliases to aliases reach
    /// any size from a few lines of text.
    private static let maximumDepth = 16
    private static let maximumNodes = 10_000

    private static let nul = ScalarReader.Problem(
        code: .controlCharacter,
        message: "holds a NUL, which no argument can carry"
    )

    static func read(_ node: Node) -> Result<FlagValue, ScalarReader.Problem> {
        switch node {
        case .scalar(let scalar): return self.scalar(scalar)
        case .sequence(let sequence): return list(sequence)
        case .mapping(let mapping):
            if mapping.count == 1, let pair = mapping.first, pair.key.string == "secret",
                case .scalar(let name) = pair.value
            {
                return .success(.secret(name.string))
            }
            return json(node)
        case .alias: return .failure(.init(code: .wrongType, message: "is an unresolved alias"))
        }
    }

    private static func scalar(_ scalar: Node.Scalar) -> Result<FlagValue, ScalarReader.Problem> {
        if ScalarReader.isNull(scalar) || (scalar.string.isEmpty && ScalarReader.isPlain(scalar)) {
            return .failure(
                .init(code: .emptyValue, message: "has no value", hint: "write `true` for a flag without a value")
            )
        }
        if scalar.string.unicodeScalars.contains("\0") {
            return .failure(nul)
        }
        if ScalarReader.isPlain(scalar), let switched = ScalarReader.boolean(scalar.string) {
            return .success(.switched(switched))
        }
        return .success(.text(scalar.string))
    }

    private static func list(_ sequence: Node.Sequence) -> Result<FlagValue, ScalarReader.Problem> {
        var values: [String] = []
        for item in sequence {
            guard case .scalar(let scalar) = item else { return json(.sequence(sequence)) }
            if scalar.string.unicodeScalars.contains("\0") { return .failure(nul) }
            values.append(scalar.string)
        }
        guard !values.isEmpty else { return .failure(.init(code: .emptyValue, message: "is an empty list")) }
        return .success(.list(values))
    }

    private static func json(_ node: Node) -> Result<FlagValue, ScalarReader.Problem> {
        var budget = maximumNodes
        do throws(ScalarReader.Problem) {
            return .success(.json(try json(node, depth: 0, budget: &budget)))
        } catch {
            return .failure(error)
        }
    }

    private static func json(_ node: Node, depth: Int, budget: inout Int) throws(ScalarReader.Problem) -> JSONValue {
        budget -= 1
        guard depth < maximumDepth, budget > 0 else {
            throw .init(code: .nestedTooDeeply, message: "is nested too deeply or too large")
        }
        switch node {
        case .scalar(let scalar): return number(scalar)
        case .sequence(let sequence):
            var values: [JSONValue] = []
            for item in sequence { values.append(try json(item, depth: depth + 1, budget: &budget)) }
            return .array(values)
        case .mapping(let mapping):
            var members: OrderedDictionary<String, JSONValue> = [:]
            for (key, value) in try pairs(of: mapping, budget: &budget) {
                guard let name = key.string else {
                    throw .init(code: .keyNotText, message: "has a key that is no text")
                }
                members[name] = try json(value, depth: depth + 1, budget: &budget)
            }
            return .object(members)
        case .alias: throw .init(code: .wrongType, message: "holds an unresolved alias")
        }
    }

    private static func pairs(
        of mapping: Node.Mapping,
        budget: inout Int
    ) throws(ScalarReader.Problem) -> [(key: Node, value: Node)] {
        var hasMisfit = false
        let pairs = MergeKeys.pairs(of: mapping, budget: &budget) { _ in hasMisfit = true }
        guard !hasMisfit else {
            throw .init(code: .badMerge, message: "merges what is no mapping", hint: "write `<<: *anchor`")
        }
        return pairs
    }

    /// The JSON reading of a scalar, by the YAML 1.2 core schema.
    private static func number(_ scalar: Node.Scalar) -> JSONValue {
        guard ScalarReader.isPlain(scalar) else { return .string(scalar.string) }
        if ScalarReader.isNull(scalar) { return .null }
        if let value = ScalarReader.boolean(scalar.string) { return .boolean(value) }
        let text = scalar.string
        let isNumeric = text.utf8.allSatisfy { (48...57).contains($0) || "+-.eE".utf8.contains($0) }
        if isNumeric, let value = Int(text) { return .integer(value) }
        if isNumeric, let value = Double(text), value.isFinite { return .number(value) }
        return .string(text)
    }
}
