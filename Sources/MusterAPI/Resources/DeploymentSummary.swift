/// A deployment in one line.
///
/// States are words and not an enumeration here: a client must be able to show the state of a later daemon.
package struct DeploymentSummary: Codable, Hashable, Sendable {
    /// How many of the replicas serve.
    package struct Replicas: Codable, Hashable, Sendable {
        package var ready: Int
        package var total: Int

        package init(ready: Int, total: Int) {
            self.ready = ready
            self.total = total
        }
    }

    package var name: String
    /// What it does.
    package var state: String
    /// What it should do.
    package var desired: String
    package var generation: Int
    package var replicas: Replicas
    /// The beginning of its state.
    package var since: Timestamp
    /// Why it is in this state, where that is not as it should be.
    package var cause: String?

    package init(
        name: String,
        state: String,
        desired: String,
        generation: Int,
        replicas: Replicas,
        since: Timestamp,
        cause: String? = nil
    ) {
        self.name = name
        self.state = state
        self.desired = desired
        self.generation = generation
        self.replicas = replicas
        self.since = since
        self.cause = cause
    }
}

/// All deployments.
package struct DeploymentList: Codable, Hashable, Sendable {
    package var deployments: [DeploymentSummary]

    package init(_ deployments: [DeploymentSummary]) { self.deployments = deployments }
}

/// A deployment with all that the daemon has decided about it.
package struct DeploymentDetail: Codable, Hashable, Sendable {
    package var summary: DeploymentSummary
    /// What it is made from, its restarts and its budget, in the daemon's own versioned form.
    package var detail: RawJSON

    package init(_ summary: DeploymentSummary, detail: RawJSON) {
        self.summary = summary
        self.detail = detail
    }
}
