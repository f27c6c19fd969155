import Foundation

/// Compares a JSON value with a schema of the served document: as much of JSON Schema as the document uses.
struct SchemaCheck {
    /// `components.schemas` of the document.
    let schemas: [String: Any]
    /// Properties that some value had, as `Resource.property`.
    private(set) var seen: Set<String> = []

    init(schemas: [String: Any]) { self.schemas = schemas }

    /// What does not fit, each with its path.
    mutating func faults(_ value: Any, _ schema: [String: Any], at path: String) -> [String] {
        if let reference = schema["$ref"] as? String {
            let name = reference.split(separator: "/").last.map(String.init) ?? ""
            guard let target = schemas[name] as? [String: Any] else { return ["\(path): no schema \(name)"] }
            return faults(value, target, at: name)
        }
        guard let type = schema["type"] as? String else { return [] }
        switch (type, value) {
        case ("object", let members as [String: Any]): return faults(members, schema, at: path)
        case ("array", let values as [Any]):
            let items = schema["items"] as? [String: Any] ?? [:]
            return values.flatMap { faults($0, items, at: path + "[]") }
        case ("boolean", let number as NSNumber) where CFGetTypeIsBoolean(number): return []
        case ("integer", let number as NSNumber) where !CFGetTypeIsBoolean(number): return []
        case ("string", let text as String):
            if let words = schema["enum"] as? [String], !words.contains(text) { return ["\(path): `\(text)`"] }
            return []
        default: return ["\(path): \(value) is no \(type)"]
        }
    }

    private mutating func faults(_ members: [String: Any], _ schema: [String: Any], at path: String) -> [String] {
        let properties = schema["properties"] as? [String: Any] ?? [:]
        var found = (schema["required"] as? [String] ?? []).filter { members[$0] == nil }
            .map { "\(path): `\($0)` is missing" }
        for (key, value) in members {
            if let property = properties[key] as? [String: Any] {
                seen.insert("\(path).\(key)")
                found += faults(value, property, at: "\(path).\(key)")
            } else if let property = schema["additionalProperties"] as? [String: Any] {
                found += faults(value, property, at: "\(path).\(key)")
            } else {
                found.append("\(path): `\(key)` is not in the schema")
            }
        }
        return found
    }
}

/// Foundation reads a boolean as a number that remembers it.
private func CFGetTypeIsBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
