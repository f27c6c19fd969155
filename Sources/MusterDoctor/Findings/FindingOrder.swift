import MusterSpec

/// The order people want to read findings in.
enum FindingOrder {
    /// Worst first: a cause weighs as much as the worst it explains, then the code decides, then the file's order of
    /// nodes. Equal findings of several nodes become one.
    static func sorted(_ findings: [Finding], nodes: [String]) -> [Finding] {
        let ranks = Dictionary(zip(nodes, nodes.indices), uniquingKeysWith: { first, _ in first })
        let merged = merge(findings, ranks)
        var weights: [Finding.Key: Severity] = [:]
        for finding in merged {
            let key = finding.cause ?? finding.key
            weights[key] = min(weights[key] ?? finding.severity, finding.severity)
        }
        func place(_ finding: Finding) -> (Int, Int, Int, String) {
            let weight = finding.cause == nil ? weights[finding.key] ?? finding.severity : finding.severity
            let first = finding.nodes.compactMap { ranks[$0] }.min() ?? nodes.count
            return (weight == .error ? 0 : 1, finding.code.number, first, finding.subject ?? "")
        }
        return merged.map { (finding: $0, place: place($0)) }.sorted { $0.place < $1.place }.map(\.finding)
    }

    /// What two findings about different nodes have in common when they are the same fault.
    private struct Content: Hashable {
        let finding: Finding
        let cause: Finding.Key?
    }

    private static func merge(_ findings: [Finding], _ ranks: [String: Int]) -> [Finding] {
        var order: [Content] = []
        var nodes: [Content: [String]] = [:]
        var contents: [Finding.Key: Content] = [:]
        for finding in findings {
            var bare = finding
            bare.nodes = []
            let cause = finding.cause
            bare.cause = nil
            // Two consequences are one only below one cause: whose node it is does not matter then.
            let content = Content(
                finding: bare,
                cause: cause.map { Finding.Key(code: $0.code, nodes: [], subject: $0.subject) }
            )
            if nodes[content] == nil { order.append(content) }
            for node in finding.nodes where nodes[content]?.contains(node) != true {
                nodes[content, default: []].append(node)
            }
            contents[finding.key] = content
        }
        func named(_ content: Content) -> [String] {
            (nodes[content] ?? []).sorted { (ranks[$0] ?? .max, $0) < (ranks[$1] ?? .max, $1) }
        }
        // Keys hold nodes, so a cause is looked up by what its finding has become.
        var causes: [Content: Finding.Key] = [:]
        for finding in findings {
            guard let cause = finding.cause, let own = contents[finding.key], let target = contents[cause] else {
                continue
            }
            causes[own] = Finding.Key(code: cause.code, nodes: named(target), subject: cause.subject)
        }
        return order.map { content in
            var finding = content.finding
            finding.nodes = named(content)
            finding.cause = causes[content]
            return finding
        }
    }
}
