import MusterSpec
import OrderedCollections

/// Tables from an object: its plain members as one of two columns, each of its lists of objects as one of its own.
enum JSONTables {
    static func sections(of value: JSONValue) -> [DocumentSection] {
        guard case .object(let members) = value else { return [] }
        var plain: [[DocumentSection.Cell]] = []
        var tables: [DocumentSection] = []
        for (name, member) in members {
            if case .array(let elements) = member, elements.contains(where: isObject) {
                tables.append(table(name, elements))
            } else if case .object = member {
                tables.append(table(name, [member]))
            } else {
                plain.append([.init(title(name), .faint), .init(text(member, name))])
            }
        }
        return (plain.isEmpty ? [] : [DocumentSection(nil, columns: [], rows: plain)]) + tables
    }

    private static func table(_ title: String, _ elements: [JSONValue]) -> DocumentSection {
        var columns: [String] = []
        var seen: Set<String> = []
        for case .object(let members) in elements {
            // A column that no row has a plain value for would be a column of nothing.
            for (name, member) in members where member != .null && !isNested(member) && seen.insert(name).inserted {
                columns.append(name)
            }
        }
        let positions = Dictionary(zip(columns, columns.indices), uniquingKeysWith: { first, _ in first })
        let rows = elements.map { element -> [DocumentSection.Cell] in
            var cells = columns.map { _ in DocumentSection.Cell("?", .faint) }
            guard case .object(let members) = element else { return cells }
            for (name, member) in members {
                guard let position = positions[name], member != .null else { continue }
                cells[position] = DocumentSection.Cell(text(member, name))
            }
            return cells
        }
        return DocumentSection(title, columns: columns.map(Self.title), rows: rows)
    }

    private static func isObject(_ value: JSONValue) -> Bool {
        if case .object = value { true } else { false }
    }

    private static func isNested(_ value: JSONValue) -> Bool {
        guard case .array(let elements) = value else { return isObject(value) }
        return elements.contains(where: isObject)
    }

    /// Sizes are drawn with their units.
    private static func title(_ name: String) -> String {
        name.hasSuffix(bytes) ? String(name.dropLast(bytes.utf8.count)) : name
    }

    private static let bytes = "_bytes"

    /// One cell.
    private static func text(_ value: JSONValue, _ name: String) -> String {
        guard name.hasSuffix(bytes), case .integer(let size) = value else { return text(value) }
        return Amount.text(ByteCount(bytes: size))
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: "?"
        case .boolean(let flag): flag ? "yes" : "no"
        case .integer(let number): String(number)
        case .number(let number): "\(number)"
        case .string(let text): text
        case .array(let elements) where elements.contains(where: isNested): "\(elements.count)"
        case .array(let elements) where elements.isEmpty: "none"
        case .array(let elements): elements.map { text($0) }.joined(separator: ",")
        case .object(let members): "\(members.count)"
        }
    }
}
