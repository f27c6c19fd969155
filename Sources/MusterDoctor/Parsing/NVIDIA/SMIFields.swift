import MusterSpec

/// The comma separated table that `nvidia-smi --query-...` prints: names of fields and rows of cells.
package struct SMIFields: Hashable, Sendable {
    /// By the names the query takes, without units.
    package let names: [String]
    private let columns: [String: Int]

    /// The fields of a query whose header is not printed.
    package init(_ names: [String]) {
        self.names = names
        columns = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
    }

    /// Reads `name, memory.total [MiB]`; the unit is not part of the name.
    init(header cells: [Word]) {
        names = cells.map { cell in Cut.around(" [", in: cell.text)?.before ?? cell.text }
        columns = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
    }

    /// Names are repeated in every record: no driver has one of so many bytes.
    var areShort: Bool { names.allSatisfy { $0.utf8.count <= 100 } }

    /// Which column holds a field.
    package func column(_ name: String) -> Int? { columns[name] }
}

extension SMIFields {
    /// A cell as a whole number, without the unit that stands in it or in the header.
    static func number(_ cell: String) -> Int? { Digits.count(value(cell)) }

    /// A cell as an amount of memory. `nvidia-smi` counts in MiB, with `nounits` too.
    static func memory(_ cell: String) -> ByteCount? {
        guard let count = number(cell) else { return nil }
        let unit = Cut.around(" ", in: cell)?.after ?? "MiB"
        let shift: Int
        switch unit {
        case "B": shift = 0
        case "KiB": shift = 10
        case "MiB": shift = 20
        case "GiB": shift = 30
        default: return nil
        }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: 1 << shift)
        return overflow || bytes >= mostMemory ? nil : ByteCount(bytes: bytes)
    }

    /// In bytes: a pebibyte, which no machine has.
    private static let mostMemory = 1 << 50

    private static func value(_ cell: String) -> String { Cut.around(" ", in: cell)?.before ?? cell }
}
