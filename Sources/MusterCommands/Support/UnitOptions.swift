import ArgumentParser

/// The three ways of naming units, and the replica they are of.
struct UnitOptions: ParsableArguments, Sendable {
    @Option(help: "The unit that holds this global rank.")
    var rank: Int?
    @Option(help: "The unit with this node rank.")
    var nodeRank: Int?
    @Option(help: "The unit on this node, by name or host.")
    var node: String?
    @Option(help: "Which of several replicas, counted from 0.")
    var replica: Int?

    func validate() throws {
        guard [rank != nil, nodeRank != nil, node != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("give one of --rank, --node-rank and --node")
        }
    }
}
