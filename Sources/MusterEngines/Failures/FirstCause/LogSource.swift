/// Where lines come from: the log of a unit, of one rank, or of a node's kernel.
package struct LogSource: Hashable, Sendable {
    /// Shown to people: a file's name, `node 3`, `rank 17`.
    package var name: String
    /// The host; two sources of one node share its clock and its hardware.
    package var node: String
    /// How far the node's clock is ahead of the one that answers are given in.
    package var clockOffset: Duration
    /// When the node started, on its own clock, for kernels that count from there.
    package var boot: LogInstant?

    package init(name: String, node: String, clockOffset: Duration = .zero, boot: LogInstant? = nil) {
        self.name = name
        self.node = node
        self.clockOffset = clockOffset
        self.boot = boot
    }
}
