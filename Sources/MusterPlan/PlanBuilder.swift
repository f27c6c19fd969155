package import MusterEngines
package import MusterSpec
import OrderedCollections

/// A cluster file checked by everything that can judge it without a network, and its plan when nothing is wrong.
package struct CheckedFile: Sendable {
    package let source: SourceFile
    package let diagnostics: [Diagnostic]
    /// One for each replica; none when a diagnostic is an error.
    package let plans: [LaunchPlan]
    /// Present whenever the file is a mapping; complete only when there is a plan.
    package let spec: ClusterSpec?

    package init(_ file: ClusterFile) {
        source = file.source
        spec = file.spec
        guard let spec = file.spec else {
            diagnostics = file.diagnostics
            plans = []
            return
        }
        let builders = PlanBuilder.replicas(of: spec)
        // Without a kind there is no knowing whose rules apply. Replicas differ in their nodes only, which no rule looks at.
        let rules = spec.unreadable.contains("engine.kind") ? [] : builders.first?.engine.check() ?? []
        diagnostics = (file.diagnostics + rules).inFileOrder()
        plans = diagnostics.hasErrors ? [] : builders.map { $0.build() }
    }
}

/// Expands one replica of a spec that has no errors into its plan. The same spec always gives the same plan.
package struct PlanBuilder: Sendable {
    private let spec: ClusterSpec
    fileprivate let engine: any Engine

    package init(spec: ClusterSpec, engine: any Engine) {
        self.spec = spec
        self.engine = engine
    }

    /// The builders of a file's replicas, in their order.
    package static func replicas(of spec: ClusterSpec) -> [PlanBuilder] {
        spec.gangs.map { PlanBuilder(spec: $0, engine: MusterEngines.engine(for: $0)) }
    }

    package func build() -> LaunchPlan {
        let nodes = spec.nodes.sorted { ($0.rank?.value ?? 0) < ($1.rank?.value ?? 0) }
        let first = nodes[0]
        let master = nodes.count > 1 ? spec.masterIP?.value ?? first.address : nil
        let http = spec.httpPort?.value ?? engine.defaultHTTPPort
        let rendezvous = spec.rendezvousPort?.value ?? engine.defaultRendezvousPort
        let bind = spec.bind?.value ?? Self.allInterfaces
        let units = nodes.enumerated().map { index, node in
            let site = LaunchSite(
                master: master,
                rendezvous: rendezvous,
                http: http,
                bind: bind,
                address: node.address
            )
            return unit(NodeRank(index), node, site)
        }
        let reachable =
            bind.isUnspecified
            ? spec.masterIP?.value.bracketed ?? first.address?.bracketed ?? first.host : bind.bracketed
        let secrets = spec.secrets.map { PlannedSecret(name: $0.key, source: $0.value.source) }
        return LaunchPlan(
            name: spec.name.value,
            replica: spec.replica,
            replicas: spec.replicas.value,
            engine: spec.engine.kind.value,
            version: spec.engine.version.value,
            model: spec.model.value,
            master: master,
            rendezvous: rendezvous,
            http: http,
            endpoint: "http://\(reachable):\(http)",
            units: units,
            spares: spec.spares.map(planned),
            secrets: secrets,
            health: spec.health,
            restart: spec.restart,
            hash: Self.hash(spec.name.value, units, secrets),
            knowledge: engine
        )
    }

    /// The plan with spares in the place of nodes, by name; nothing when a name is not in the file or a spare is used twice.
    package func build(replacing substitutes: [String: String]) -> LaunchPlan? {
        var changed = spec
        for (name, spare) in substitutes.sorted(by: { $0.key < $1.key }) {
            guard let index = changed.nodes.firstIndex(where: { $0.name == name }),
                let place = changed.spares.firstIndex(where: { $0.name == spare })
            else { return nil }
            var node = changed.spares[place]
            node.rank = changed.nodes[index].rank
            // Ranks meet on the first node, wherever that is now.
            if let address = changed.nodes[index].address, changed.masterIP?.value == address { changed.masterIP = nil }
            changed.spares[place] = changed.nodes[index]
            changed.nodes[index] = node
        }
        return PlanBuilder(spec: changed, engine: MusterEngines.engine(for: changed)).build()
    }

    private func unit(_ rank: NodeRank, _ node: NodeSpec, _ site: LaunchSite) -> UnitPlan {
        let arguments = engine.command(on: rank, at: site)
        let environment = Self.environment(spec, node, engine.environment(on: rank, at: site))
        let ranks = engine.ranks(of: rank)
        let planned = planned(node)
        let script = LaunchScript(
            deployment: spec.name.value,
            engine: spec.engine,
            nodeRank: rank,
            nodeCount: spec.nodes.count,
            node: planned,
            arguments: arguments,
            environment: environment,
            secrets: Array(spec.secrets.keys),
            ranks: ranks,
            runtime: spec.runtime
        ).text
        return UnitPlan(
            nodeRank: rank,
            node: planned,
            arguments: arguments,
            environment: environment,
            ranks: ranks,
            render: Render(script: script, hash: Digest(of: script.utf8)),
            teardown: engine.teardown(of: rank),
            ports: rank.value == 0 ? [site.http] + (site.master == nil ? [] : [site.rendezvous]) : [],
            runtime: spec.runtime
        )
    }

    private func planned(_ node: NodeSpec) -> PlannedNode {
        PlannedNode(
            name: node.name,
            host: node.host,
            address: node.address,
            tcpInterface: Self.interface(spec, node),
            stateDirectory: (node.stateDirectory ?? spec.stateDirectory)?.value ?? "~/.muster",
            ssh: PlannedSSH(
                user: node.ssh.user?.value,
                port: node.ssh.port?.value.value,
                identity: node.ssh.identity?.value,
                acceptsNewHostKeys: node.ssh.hostKeys.map { $0 == .acceptNew },
                knownHosts: node.ssh.knownHosts?.value,
                config: node.ssh.config?.value,
                jump: node.ssh.jump?.value,
                connectTimeout: node.ssh.connectTimeout
            )
        )
    }

    /// Nothing where `auto` was not resolved: then the engine's libraries choose.
    private static func interface(_ spec: ClusterSpec, _ node: NodeSpec) -> String? {
        let name = (node.tcpInterface ?? spec.tcpInterface)?.value
        return name == "auto" ? nil : name
    }

    /// The file's `env`, then the node's over it, then what the fabric keys mean, then what the engine needs.
    private static func environment(
        _ spec: ClusterSpec,
        _ node: NodeSpec,
        _ added: [AddedVariable]
    ) -> [PlannedVariable] {
        var variables: OrderedDictionary<String, PlannedVariable> = [:]
        func set(_ name: String, _ value: String, _ origin: LaunchArgument.Origin) {
            variables[name] = PlannedVariable(name: name, value: value, origin: origin)
        }
        for (name, entry) in spec.environment { set(name, entry.value, .file("env.\(name)")) }
        for (name, entry) in node.environment { set(name, entry.value, .file("nodes.env.\(name)")) }
        let gid = node.gidIndex ?? spec.gidIndex
        if case .index(let index)? = gid?.value { set("NCCL_IB_GID_INDEX", String(index), .file("rdma_gid_index")) }
        if let hcas = (node.hcas ?? spec.hcas)?.value, !hcas.isEmpty {
            // `=` makes NCCL match whole names: without it `mlx5_1` also takes `mlx5_10`.
            set("NCCL_IB_HCA", "=" + hcas.joined(separator: ","), .file("rdma_hcas"))
        }
        if let interface = interface(spec, node) {
            // NCCL may be told more than Gloo understands, so a line of `env` is left to stand.
            if variables["NCCL_SOCKET_IFNAME"] == nil { set("NCCL_SOCKET_IFNAME", interface, .file("tcp_iface")) }
            set("GLOO_SOCKET_IFNAME", interface, .file("tcp_iface"))
        }
        for variable in added where !(variable.mayBeOverridden && variables[variable.name] != nil) {
            set(variable.name, variable.value, .added(variable.reason))
        }
        return Array(variables.values)
    }

    private static func hash(_ name: DeploymentName, _ units: [UnitPlan], _ secrets: [PlannedSecret]) -> Digest {
        var text = "muster.plan/1\n\(name)\n"
        for unit in units {
            // Another user has another home and other permissions, so it is another launch.
            text += "\(unit.nodeRank) \(unit.node.ssh.user ?? "") \(unit.node.host) \(unit.node.ssh.port ?? 0)"
            text += " \(unit.node.stateDirectory)"
            text += " \(unit.render.hash) \(unit.teardown.map(\.text).joined(separator: ","))\n"
        }
        for secret in secrets { text += "secret \(secret.name)\n" }
        return Digest(of: text.utf8)
    }

    private static let allInterfaces: IPAddress = .known("0.0.0.0")
}

extension CheckedFile {
    /// A file that could not even be read.
    package init(unreadable name: String, _ reason: String) {
        source = SourceFile(name: name, text: "")
        spec = nil
        plans = []
        diagnostics = [
            Diagnostic(
                .fileUnreadable,
                "the cluster file cannot be read",
                at: nil,
                found: reason,
                expected: "a readable file",
                hint: "name the file: `muster validate FILE`, or set MUSTER_FILE"
            )
        ]
    }
}
