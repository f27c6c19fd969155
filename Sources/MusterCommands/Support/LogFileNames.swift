/// Tells by the names of log files whose they are: `gpu-3.rank17.log`, `10.0.0.3.kernel.log`, `nodes/gpu-3/g1/log`.
struct LogFileNames {
    /// What a name says beside the node.
    private struct Base: Hashable {
        var node: String
        var rank: String?
        /// `kernel log`, `err`: two kinds of one node may lie in different folders.
        var kind: [String] = []

        /// Whether it names no node: `log`, `kernel.log`, `rank17.log`.
        var isGeneral: Bool { LogFileNames.endings.contains(node) || LogFileNames.number(behindRank: node) != nil }
    }

    fileprivate static let endings = ["log", "txt", "out", "err", "kernel", "dmesg", "stdout", "stderr"]

    /// In the order of the paths.
    let nodes: [String]
    let ranks: [String?]

    /// - Parameters:
    ///   - paths: The files that are read together.
    ///   - known: The nodes of a cluster file, by name and by host.
    init(_ paths: [String], known: [(name: String, host: String)] = []) {
        let parts = paths.map { $0.split(separator: "/").map(String.init) }
        let bases = Self.paired(parts.map { Self.base(of: $0.last ?? "") })
        // Files of one name are told apart by where they lie.
        let counts = Dictionary(grouping: bases, by: \.self).mapValues(\.count)
        let fork = (0..<max(0, parts.map { $0.count - 1 }.min() ?? 0)).first { index in
            Set(parts.map { $0[index] }).count > 1
        }
        nodes = zip(parts, bases).map { parts, base in
            for word in [base.node] + parts.dropLast().reversed() {
                if let node = known.first(where: { $0.name == word || $0.host == word }) { return node.name }
            }
            if let folder = parts.dropLast().lastIndex(of: "nodes"), folder + 1 < parts.count - 1 {
                return parts[folder + 1]
            }
            let isUnclear = base.isGeneral || counts[base, default: 0] > 1
            return isUnclear ? fork.map { parts[$0] } ?? base.node : base.node
        }
        ranks = bases.map(\.rank)
    }

    /// `gpu-1.sglang` is `gpu-1`, where another file is that one's.
    private static func paired(_ bases: [Base]) -> [Base] {
        bases.map { base in
            var base = base
            let shorter = bases.map(\.node).filter { !$0.isEmpty && base.node.hasPrefix("\($0).") }
            if let node = shorter.min(by: { $0.count < $1.count }) { base.node = node }
            return base
        }
    }

    /// The name without what says the kind of file, its turn, and the rank.
    private static func base(of name: String) -> Base {
        var words = name.split(separator: ".").map(String.init)
        var base = Base(node: "")
        // `gpu-1.log.1`
        if words.count > 2, let last = words.last, last.allSatisfy(\.isNumber), endings.contains(words[words.count - 2])
        {
            base.kind.append(words.removeLast())
        }
        while words.count > 1, let last = words.last {
            if endings.contains(last.lowercased()) {
                base.kind.append(last)
            } else if let rank = number(behindRank: last) {
                base.rank = rank
            } else {
                break
            }
            words.removeLast()
        }
        base.node = words.joined(separator: ".")
        if base.rank == nil { base.rank = number(behindRank: base.node) }
        // `gpu-3_rank17`
        if base.rank == nil, let start = base.node.lastIndex(where: { $0 == "-" || $0 == "_" }),
            let rank = number(behindRank: String(base.node[base.node.index(after: start)...]))
        {
            base.rank = rank
            base.node = String(base.node[..<start])
        }
        return base
    }

    /// `rank17` of `rank17`, `Rank-17`, `rank_17`.
    private static func number(behindRank word: String) -> String? {
        guard word.lowercased().hasPrefix("rank") else { return nil }
        let digits = word.dropFirst(4).drop { $0 == "-" || $0 == "_" }
        return digits.isEmpty || !digits.allSatisfy { $0.isASCII && $0.isNumber } ? nil : "rank\(digits)"
    }
}
