package import MusterPlan

/// What one run of the probe is asked, as the words of its command line.
package struct ProbeRequest: Hashable, Sendable {
    /// `KEY=VALUE` words, and behind `--` the engine's own arguments; see <doc:Probe>.
    package let words: [String]
    /// What the unit's launch script exports, secrets left out: an interpreter may find its packages by it.
    package let environment: [PlannedVariable]
    /// The container the probe runs in; nothing for the node itself.
    package let container: Container?

    /// How a container is started that is like the unit's.
    package struct Container: Hashable, Sendable {
        /// `docker`, or what stands for it.
        package let program: String
        /// Between `run` and the image.
        package let options: [String]
        package let image: String
    }

    /// The argument vector; the probe itself is its standard input.
    ///
    /// - Parameter nonce: Letters, digits and `._-`, different for every run.
    /// - Returns: The words, not yet quoted for a shell.
    package func command(nonce: String) -> [String] { command(running: ["sh", "-s", "--", nonce] + words) }

    /// The argument vector of another program in the same surroundings.
    ///
    /// - Parameter program: Its words.
    /// - Returns: The words, not yet quoted for a shell.
    package func command(running program: [String]) -> [String] {
        let variables = environment.map { "\($0.name)=\($0.value)" }
        guard let container else { return variables.isEmpty ? program : ["env"] + variables + program }
        return ["sh", "-c", Self.start, "probe", container.program] + container.options
            + variables.flatMap { ["--env", $0] } + [container.image] + program
    }

    /// RDMA devices are given to the container where the node has them, as the launch script does it. An image that is not
    /// there is not fetched: that would take minutes and change the node.
    private static let start =
        "exec 2>&1; p=$1; shift; if [ -e /dev/infiniband ]; then set -- --device /dev/infiniband \"$@\"; fi; "
        + "exec \"$p\" run --rm --interactive --pull never \"$@\""
}
