import FoundationEssentials
package import MusterSpec

/// `muster.status/1` of all replicas of a deployment. That of a single one is its document as it is.
package struct DeploymentStatus: Sendable {
    private struct Several: Decodable {
        var replicas: [StatusDocument]
    }

    /// In their order; there is at least one.
    package var replicas: [StatusDocument]

    package init(replicas: [StatusDocument]) { self.replicas = replicas }

    /// Reads what another process has written.
    ///
    /// - Parameter text: A document of ``json``, of this release or another one.
    /// - Throws: `DecodingError`.
    package init(reading text: String) throws {
        // A document that has no replicas is that of the only one.
        let several = try? JSONDecoder().decode(Several.self, from: Data(text.utf8))
        replicas = try several?.replicas ?? [StatusDocument(reading: text)]
    }

    package var json: JSONValue { .replicas(replicas.map(\.json), ["healthy": .boolean(isHealthy)]) }

    package var isHealthy: Bool { replicas.allSatisfy(\.isHealthy) }
    /// The newest generation that runs.
    package var generation: Int? { replicas.compactMap(\.generation).max() }
    package var units: [StatusDocument.Unit] { replicas.flatMap(\.units) }
    package var unasked: [StatusDocument.Unit] { replicas.flatMap(\.unasked) }
    package var unreachable: [StatusDocument.Failure] { replicas.flatMap(\.unreachable) }
}
