/// A node in one line.
package struct NodeSummary: Codable, Hashable, Sendable {
    package var node: String
    /// Whether it is in contact, and whether it is drained.
    package var state: String
    /// Which deployments have it in their files.
    package var deployments: [String]
    package var since: Timestamp
    package var cause: String?

    package init(node: String, state: String, deployments: [String], since: Timestamp, cause: String? = nil) {
        self.node = node
        self.state = state
        self.deployments = deployments
        self.since = since
        self.cause = cause
    }
}

/// All nodes of all deployments.
package struct NodeList: Codable, Hashable, Sendable {
    package var nodes: [NodeSummary]

    package init(_ nodes: [NodeSummary]) { self.nodes = nodes }
}
