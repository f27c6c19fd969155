package import MusterPlan
package import MusterSpec

/// What a cluster file and the inventories of its nodes come to.
package struct Examination: Sendable {
    /// Worst first. A finding with a ``Finding/cause`` is a consequence of another one of the list.
    package let findings: [Finding]
    /// What could not be judged, once for each reason.
    package let unknowns: [Unjudged]
    package let fabric: FabricTable
    /// Nodes that were looked at, in the order of the file, spares last.
    package let nodes: [String]
    /// Nodes of the file that gave no inventory.
    package let missing: [String]

    /// Examines. The result depends on nothing else than its arguments.
    ///
    /// - Parameters:
    ///   - spec: The file.
    ///   - plans: One for each replica; none where the file has errors.
    ///   - inventories: By the names of the nodes.
    ///   - grid: What the second round found out about the ways between the nodes.
    package init(
        spec: ClusterSpec,
        plans: [LaunchPlan],
        inventories: [String: NodeInventory],
        grid: ReachabilityGrid? = nil
    ) {
        let cluster = ExaminedCluster(spec: spec, plans: plans, inventories: inventories, grid: grid)
        let found = Rules.all.flatMap { rule in rule(cluster) }
        nodes = cluster.nodes.map(\.name)
        missing = (spec.nodes + spec.spares).map(\.name).filter { inventories[$0] == nil }
        findings = FindingOrder.sorted(Causes.linked(found), nodes: nodes)
        unknowns = UnjudgedList.of(cluster, missing: missing, findings: found)
        fabric = FabricTable(cluster)
    }

    /// The findings with those that a measurement has added, each below its cause.
    func findings(with more: [Finding]) -> [Finding] {
        more.isEmpty ? findings : FindingOrder.sorted(Causes.linked(findings + more), nodes: nodes)
    }

    /// Findings that no other one explains.
    package var roots: [Finding] { findings.filter { $0.cause == nil } }

    /// What a finding explains.
    package func consequences(of finding: Finding) -> [Finding] { findings.filter { $0.cause == finding.key } }
}

/// One look at a cluster for one kind of fault. Pure: what it needs and does not know, it says nothing about.
typealias ClusterRule = @Sendable (ExaminedCluster) -> [Finding]

/// One look at a node.
typealias NodeRule = @Sendable (ExaminedNode) -> [Finding]

/// All rules, by ground.
enum Rules {
    static let all: [ClusterRule] =
        GPUPresenceRules.all + GPUHealthRules.all + NVLinkRules.all + GPUUseRules.all + KernelLogRules.all
        + PortStateRules.all
        + NICLinkRules.all + NICPlacementRules.all + GIDRules.all + HCASelectionRules.all + PeerPathRules.all
        + InterfaceRules.all + OwnNameRules.all + PortUseRules.all + LimitRules.all + DiskRules.all + HostRules.all
        + ContainerRules.all
        + LeftoverRules.all
        + SoftwareRules.all + EqualityRules.all + MemoryBalanceRules.all + ReachabilityRules.all + RouteRules.all
        + ModelFileRules.all
        + ModelFitRules.all

    /// A rule about one node, applied to each.
    static func each(_ rule: @escaping NodeRule) -> ClusterRule {
        { cluster in cluster.nodes.flatMap { rule($0) } }
    }

    /// A rule about the nodes of one replica, applied to each replica.
    static func eachGang(_ rule: @escaping @Sendable ([ExaminedNode]) -> [Finding]) -> ClusterRule {
        { cluster in cluster.gangs.flatMap { rule($0) } }
    }
}
