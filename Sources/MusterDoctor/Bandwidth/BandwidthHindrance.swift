package import MusterPlan
package import MusterSpec

/// Why nothing can be measured, on one node: its cards are in use, or it could not take part anyway.
package struct BandwidthHindrance: Hashable, Sendable {
    package let node: String
    /// `pid 4711 `train`, ada, 3h old: 30 GiB`
    package let text: String

    /// Errors with which ranks would neither start nor meet.
    private static let codes: Set<DiagnosticCode> = [
        .gpuDriverSilent, .gpuLost, .tooFewGPUs, .migEnabled, .gpuRecoveryWanted, .fabricNotReady, .engineMissing,
        .containerRuntimeMissing, .imageMissing, .interfaceNotFound, .interfaceDown, .addressNotOnInterface,
        .rendezvousUnreachable, .peerPortsClosed, .bigPacketsLost, .portInUse,
    ]
    /// Errors that name who uses the cards.
    private static let useCodes: Set<DiagnosticCode> = [.gpuHeldByOthers, .gpuMemoryUnaccounted, .engineLeftOver]

    /// All that stands against measuring the nodes of a file; nothing where it can begin.
    package static func all(
        spec: ClusterSpec,
        plans: [LaunchPlan],
        inventories: [String: NodeInventory],
        examination: Examination
    ) -> [BandwidthHindrance] {
        let cluster = ExaminedCluster(spec: spec, plans: plans, inventories: inventories, grid: nil)
        let missing = spec.nodes.map(\.name).filter { inventories[$0] == nil }.map { node in
            BandwidthHindrance(node: node, text: "not reached")
        }
        return missing
            + cluster.nodes.filter { !$0.isSpare }.flatMap { node in
                // Of the same size are all gangs of a file.
                of(node, examination, isAlone: (plans.first?.units.count ?? 0) < 2)
            }
    }

    private static func of(
        _ node: ExaminedNode,
        _ examination: Examination,
        isAlone: Bool
    ) -> [BandwidthHindrance] {
        var texts: [String] = []
        if node.runsDeployment { texts.append("`\(node.file.name.value)` runs there: take it down first") }
        for finding in examination.findings where finding.nodes.contains(node.name) {
            // Each node is the first of some pair, so here the port of any has to be open.
            guard finding.severity == .error || finding.code == .rendezvousUnreachable else { continue }
            if useCodes.contains(finding.code) {
                texts.append("\(finding.message): \(finding.measured ?? "")")
            } else if codes.contains(finding.code) {
                texts.append("\(finding.message) (\(finding.code))")
            }
        }
        if texts.isEmpty, case .unknown(let reason) = node.inventory.software {
            texts.append("no interpreter with torch is known: \(reason)")
        }
        if texts.isEmpty, !isAlone, ReachEndpoint.address(of: node) == nil {
            texts.append("its address on the interface between nodes is not known")
        }
        return texts.map { BandwidthHindrance(node: node.name, text: $0) }
    }
}
