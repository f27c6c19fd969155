import ArgumentParser

/// The three ways of naming units.
struct UnitOptions: ParsableArguments, Sendable {
    @Option(help: "The unit that holds this global rank.")
    var rank: Int?
    @Option(help: "The unit with this node rank.")
    var nodeRank: Int?
    @Option(help: "The unit on this node, by name or host.")
    var node: String?

    func validate() throws {
        guard [rank != nil, nodeRank != nil, node != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("give one of --rank, --node-rank and --node")
        }
    }
}
