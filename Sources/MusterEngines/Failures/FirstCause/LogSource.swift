/// Where lines come from: the log of a unit, of one rank, or of a node's kernel.
package struct LogSource: Hashable, Sendable {
    /// Shown to people: a file's name, `node 3`, `rank 17`.
    package var name: String
    /// The host; two sources of one node share its clock and its hardware.
    package var node: String
    /// How far the node's clock is ahead of the one that answers are given in; nothing where nobody compared them.
    package var clockOffset: Duration?
    /// Whose log it is, where its lines do not say it.
    package var rank: String?
    /// When the node started, on its own clock, for kernels that count from there.
    package var boot: LogInstant?
    /// When the first line can have been written at the earliest, on the node's clock.
    package var started: LogInstant?
    /// How far the node's local time is ahead of UTC. Engines print local time, and a container's may be UTC on any node.
    package var zone: Duration

    package init(
        name: String,
        node: String,
        clockOffset: Duration? = nil,
        rank: String? = nil,
        boot: LogInstant? = nil,
        started: LogInstant? = nil,
        zone: Duration = .zero
    ) {
        self.name = name
        self.node = node
        self.clockOffset = clockOffset
        self.rank = rank
        self.boot = boot
        self.started = started
        self.zone = zone
    }
}
