package import MusterPlan
package import MusterSpec

/// A node whose GPUs are measured.
package struct BandwidthMember: Sendable {
    package let node: PlannedNode
    /// Where other nodes meet its first rank.
    package let address: IPAddress
    /// Which port they meet on: the one that ranks of a launch would meet on is open, and nobody is there now.
    package let port: Port
    /// How many of its GPUs take part.
    package let gpus: Int
    /// The interpreter that runs the engine there.
    package let python: String
    /// In what surroundings: those of the unit.
    package let surroundings: ProbeRequest

    package var name: String { node.name }

    /// The argument vector of its part in a meeting; `bandwidth.py` itself comes first on the standard input.
    ///
    /// - Parameters:
    ///   - meeting: All that take part, in rank order, this one among them.
    ///   - programSize: Of the program, in bytes.
    ///   - nonce: Letters, digits and `._-`, different for every run.
    ///   - limit: After which it gives up.
    /// - Returns: The words, not yet quoted for a shell.
    package func command(
        in meeting: [BandwidthMember],
        programSize: Int,
        nonce: String,
        limit: Duration
    ) -> [String] {
        let own = meeting.firstIndex { $0.name == name } ?? 0
        let first = meeting.prefix(own).reduce(0) { $0 + $1.gpus }
        let world = meeting.reduce(0) { $0 + $1.gpus }
        let head = meeting.first ?? self
        let numbers = [first, gpus, world, Int(limit.components.seconds)].map(String.init)
        return surroundings.command(
            running: [
                python, "-B", "-c", "import sys; exec(sys.stdin.read(int(sys.argv[1])))", "\(programSize)", nonce,
                // Without MPI, nccl-tests does not leave a node.
                meeting.count == 1 ? "nccl-tests" : "torch", head.address.text, "\(head.port)",
            ] + numbers + BandwidthSize.words
        )
    }
}
