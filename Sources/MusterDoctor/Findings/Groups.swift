import MusterSpec

/// A value of each node, and which nodes stand alone with theirs.
struct Groups<Value: Hashable> {
    struct Group {
        let value: Value
        /// In the order of the nodes.
        let nodes: [String]
    }

    /// The largest first; of one size the one with the earliest node.
    let groups: [Group]

    init(_ values: [(node: String, value: Value)]) {
        var order: [Value] = []
        var nodes: [Value: [String]] = [:]
        for (node, value) in values {
            if nodes[value] == nil { order.append(value) }
            nodes[value, default: []].append(node)
        }
        groups = order.enumerated()
            .map { (offset: $0.offset, group: Group(value: $0.element, nodes: nodes[$0.element] ?? [])) }
            .sorted { left, right in
                left.group.nodes.count == right.group.nodes.count
                    ? left.offset < right.offset : left.group.nodes.count > right.group.nodes.count
            }
            .map(\.group)
    }

    var differ: Bool { groups.count > 1 }

    /// What most nodes have; nothing where no group is larger than every other.
    var majority: Group? {
        guard let first = groups.first else { return nil }
        guard groups.count > 1 else { return first }
        return groups[1].nodes.count < first.nodes.count ? first : nil
    }

    /// The nodes that differ from the majority; all of them where there is none.
    var minority: [Group] { majority == nil ? groups : Array(groups.dropFirst()) }

    /// Who is to be named: the minority, or everybody where there is no majority.
    var named: [String] { minority.flatMap(\.nodes) }

    /// `535.161.08 on gpu-3; 550.90 on gpu-1, gpu-2`
    func text(_ value: (Value) -> String) -> String {
        groups.map { "\(value($0.value)) on \(Names.list($0.nodes))" }.joined(separator: "; ")
    }
}

/// Names in a row, as people list them.
package enum Names {
    /// Names beyond so many are counted.
    private static let most = 8

    static func list(_ names: [String]) -> String {
        guard names.count > most else { return names.joined(separator: ", ") }
        return names.prefix(most).joined(separator: ", ") + " and \(names.count - most) more"
    }

    /// `GPU 3`, `GPUs 0-3, 6`.
    static func gpus(_ indices: [Int]) -> String {
        let sorted = Set(indices).sorted()
        var parts: [String] = []
        var index = 0
        while index < sorted.count {
            var end = index
            while end + 1 < sorted.count, sorted[end + 1] == sorted[end] + 1 { end += 1 }
            parts.append(end == index ? "\(sorted[index])" : "\(sorted[index])-\(sorted[end])")
            index = end + 1
        }
        return "GPU\(sorted.count == 1 ? "" : "s") \(parts.joined(separator: ", "))"
    }

    /// `1 node`, `2 nodes`, `2 processes`.
    package static func count(_ number: Int, _ noun: String, plural: String? = nil) -> String {
        "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
    }
}

/// Amounts as people read them.
enum Amount {
    /// `44.4 GiB`, `512 MiB`.
    static func text(_ amount: ByteCount) -> String {
        for (unit, shift) in [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)] where amount.bytes >> shift >= 1 {
            let tenths = (Double(amount.bytes) / Double(1 << shift) * 10).rounded() / 10
            return tenths == tenths.rounded() ? "\(Int(tenths)) \(unit)" : "\(tenths) \(unit)"
        }
        return "\(amount.bytes) B"
    }

    /// `200`, `2.5`.
    static func text(_ number: Double) -> String {
        let tenths = (number * 10).rounded() / 10
        return tenths == tenths.rounded() && abs(tenths) < 1e15 ? "\(Int(tenths))" : "\(tenths)"
    }

    /// `4s`, `7m`, `3h`, `2d`.
    static func age(_ seconds: Int) -> String {
        switch seconds {
        case ..<60: "\(seconds)s"
        case ..<3600: "\(seconds / 60)m"
        case ..<172_800: "\(seconds / 3600)h"
        default: "\(seconds / 86_400)d"
        }
    }
}

extension Int {
    /// Adds what may be too much, and stays at the most there is then: what a node says must not be able to trap.
    mutating func add(_ more: Int) {
        let (sum, overflow) = addingReportingOverflow(more)
        self = overflow ? .max : sum
    }
}

extension ByteCount {
    static func gibibytes(_ number: Int) -> ByteCount { ByteCount(bytes: number << 30) }
    static func mebibytes(_ number: Int) -> ByteCount { ByteCount(bytes: number << 20) }
}
