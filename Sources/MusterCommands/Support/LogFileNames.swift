/// Tells by the names of log files whose they are: `gpu-3.rank17.log`, `10.0.0.3.kernel.log`, `nodes/gpu-3/g1/log`.
struct LogFileNames {
    private static let endings = ["log", "txt", "out", "err", "kernel", "dmesg", "stdout", "stderr"]

    /// In the order of the paths.
    let nodes: [String]
    let ranks: [String?]

    /// - Parameters:
    ///   - paths: The files that are read together.
    ///   - known: The nodes of a cluster file, by name and by host.
    init(_ paths: [String], known: [(name: String, host: String)] = []) {
        let parts = paths.map { $0.split(separator: "/").map(String.init) }
        let bases = parts.map { Self.base(of: $0.last ?? "") }
        // Files of one name are told apart by where they lie.
        let isRepeated = Set(bases.map(\.node)).count < Set(paths).count && bases.contains { $0.rank == nil }
        let fork = (0..<max(0, parts.map { $0.count - 1 }.min() ?? 0)).first { index in
            Set(parts.map { $0[index] }).count > 1
        }
        nodes = zip(parts, bases).map { parts, base in
            let words = parts.dropLast() + [base.node]
            if let node = known.first(where: { words.contains($0.name) || words.contains($0.host) }) {
                return node.name
            }
            if let folder = parts.dropLast().lastIndex(of: "nodes"), folder + 1 < parts.count - 1 {
                return parts[folder + 1]
            }
            return isRepeated ? fork.map { parts[$0] } ?? base.node : base.node
        }
        ranks = bases.map(\.rank)
    }

    /// The name without what says the kind of file, and the rank.
    private static func base(of name: String) -> (node: String, rank: String?) {
        var words = name.split(separator: ".").map(String.init)
        var rank: String?
        while words.count > 1, let last = words.last {
            if endings.contains(last.lowercased()) {
                words.removeLast()
            } else if let number = number(behindRank: last) {
                rank = number
                words.removeLast()
            } else {
                break
            }
        }
        let rest = words.joined(separator: ".")
        guard rank == nil, let start = rest.lastIndex(where: { $0 == "-" || $0 == "_" }) else {
            return (rest, rank ?? number(behindRank: rest))
        }
        // `gpu-3_rank17`, and `rank-17`, `rank_17`.
        if let number = number(behindRank: String(rest[rest.index(after: start)...])) {
            return (String(rest[..<start]), number)
        }
        return (rest, number(behindRank: rest))
    }

    /// `rank17` of `rank17`, `Rank-17`, `rank_17`.
    private static func number(behindRank word: String) -> String? {
        guard word.lowercased().hasPrefix("rank") else { return nil }
        let digits = word.dropFirst(4).drop { $0 == "-" || $0 == "_" }
        return digits.isEmpty || !digits.allSatisfy { $0.isASCII && $0.isNumber } ? nil : "rank\(digits)"
    }
}
