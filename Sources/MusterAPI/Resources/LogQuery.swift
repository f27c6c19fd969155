/// Which lines of which logs.
package struct LogQuery: Hashable, Sendable {
    /// One replica; all where nothing is given.
    package var replica: Int?
    /// One unit of it; all where nothing is given.
    package var nodeRank: Int?
    /// An older generation; the newest where nothing is given.
    package var generation: Int?
    /// So many of the last lines of each unit; 0 for all.
    package var lines: Int
    /// Whether what is written later comes, too.
    package var follow: Bool

    package init(
        replica: Int? = nil,
        nodeRank: Int? = nil,
        generation: Int? = nil,
        lines: Int = 100,
        follow: Bool = false
    ) {
        self.replica = replica
        self.nodeRank = nodeRank
        self.generation = generation
        self.lines = lines
        self.follow = follow
    }
}
