import OrderedCollections

/// Turns checked fields into a `ClusterSpec`; reports only what needs more than one field to see.
struct ClusterSpecBuilder {
    private(set) var diagnostics: [Diagnostic] = []

    /// Never gives up: a required key that is missing or unreadable gets a stand-in and is named in `unreadable`, so that
    /// one mistake does not hide the others. Nothing is planned from such a spec, since decoding has reported the key.
    mutating func build(_ root: DecodedMapping) -> ClusterSpec {
        let nodes = self.nodes(root, key: "nodes", fileSSH: ssh(root.mapping("ssh")))
        let spares = self.nodes(root, key: "spares", fileSSH: ssh(root.mapping("ssh")))
        if root.list("nodes") != nil, root.list("nodes")?.isEmpty == true {
            diagnostics.append(
                Diagnostic(
                    .emptyValue,
                    "`nodes` lists no node",
                    at: root.keySpans["nodes"],
                    expected: "at least one host",
                    hint: "add a host, for example `- 10.0.0.1`"
                )
            )
        }
        let required = ClusterFields.root.filter(\.isRequired).map(\.name)
        var unreadable = root.unreadable.union(required.filter { root.values[$0] == nil })
        if nodes.isEmpty { unreadable.insert("nodes") }
        let one = { (key: String, value: Int) in
            root.integer(key) ?? Spanned(value, root.keySpans[key] ?? root.span)
        }
        let replicas = one("replicas", 1)
        if !unreadable.contains("nodes"), !nodes.count.isMultiple(of: replicas.value) {
            diagnostics.append(Self.uneven(nodes.count, replicas, at: root.keySpans["nodes"]))
            unreadable.insert("replicas")
        }
        // How many nodes a replica has is not known, so nothing is said about its size.
        if unreadable.contains("replicas") { unreadable.insert("nodes") }
        return ClusterSpec(
            name: root.name("name") ?? Spanned(.placeholder, root.span),
            engine: engine(root.mapping("engine"), at: root.span, unreadable: &unreadable),
            model: root.text("model") ?? Spanned("", root.span),
            masterIP: root.address("master_ip"),
            tcpInterface: root.text("tcp_iface"),
            gidIndex: gid(root),
            hcas: names(root, "rdma_hcas"),
            tensorParallel: one("tp_size", 1),
            pipelineParallel: one("pp_size", 1),
            dataParallel: one("dp_size", 1),
            expertParallel: one("ep_size", 1),
            gpusPerNode: one("gpus_per_node", 8),
            replicas: replicas,
            nodes: nodes,
            spares: spares,
            ssh: ssh(root.mapping("ssh")),
            httpPort: port(root.mapping("ports"), "http"),
            rendezvousPort: port(root.mapping("ports"), "rendezvous"),
            bind: root.address("bind"),
            environment: environment(root.mapping("env")),
            secrets: secrets(root.mapping("secrets")),
            arguments: arguments(root.mapping("args")),
            runtime: runtime(root),
            stateDirectory: root.text("state_dir"),
            health: health(root.mapping("health")),
            restart: restart(root.mapping("restart")),
            nodesSpan: root.keySpans["nodes"] ?? root.span,
            unreadable: unreadable
        )
    }

    private func engine(_ mapping: DecodedMapping?, at span: SourceSpan, unreadable: inout Set<String>) -> EngineSpec {
        let kind = mapping?.text("kind").flatMap { kind in
            EngineSpec.Kind(rawValue: kind.value).map { Spanned($0, kind.span) }
        }
        let version = mapping?.version("version")
        if kind == nil { unreadable.insert("engine.kind") }
        if version == nil { unreadable.insert("engine.version") }
        return EngineSpec(
            kind: kind ?? Spanned(.sglang, span),
            version: version ?? Spanned(.placeholder, span),
            executable: mapping?.text("executable")
        )
    }

    // MARK: Nodes

    private static func uneven(_ nodes: Int, _ replicas: Spanned<Int>, at span: SourceSpan?) -> Diagnostic {
        let missing = replicas.value - nodes % replicas.value
        // One always divides.
        let fitting = (1...min(nodes, replicas.value)).last { nodes.isMultiple(of: $0) } ?? 1
        return Diagnostic(
            .unevenReplicas,
            "the nodes cannot be split into \(replicas.value) equal replicas",
            at: replicas.span,
            found: "\(nodes) node\(nodes == 1 ? "" : "s")",
            expected: "a multiple of \(replicas.value)",
            notes: [.init(message: "the nodes are listed here", span: span)],
            hint: "add \(missing) node\(missing == 1 ? "" : "s"), or write `replicas: \(fitting)`"
        )
    }

    private mutating func nodes(_ root: DecodedMapping, key: String, fileSSH: SSHSpec) -> [NodeSpec] {
        let entries = root.list(key) ?? []
        let count = entries.reduce(0) { $0 + Self.hostCount($1) }
        guard count <= HostRange.limit else {
            diagnostics.append(
                Diagnostic(
                    .outOfRange,
                    "`\(key)` stands for too many hosts",
                    at: root.keySpans[key],
                    found: "\(count) hosts",
                    expected: "at most \(HostRange.limit)",
                    hint: "shorten a range"
                )
            )
            return []
        }
        return entries.flatMap { entry -> [NodeSpec] in
            switch entry {
            case .hosts(let hosts):
                return hosts.value.map { host in
                    NodeSpec(
                        host: host,
                        name: host,
                        address: IPAddress(host),
                        environment: [:],
                        ssh: fileSSH,
                        span: hosts.span
                    )
                }
            case .mapping(let mapping): return node(mapping, fileSSH: fileSSH)
            default: return []
            }
        }
    }

    private static func hostCount(_ entry: FieldValue) -> Int {
        switch entry {
        case .hosts(let hosts): hosts.value.count
        case .mapping(let mapping): mapping.hosts("host")?.value.count ?? 0
        default: 0
        }
    }

    private mutating func node(_ mapping: DecodedMapping, fileSSH: SSHSpec) -> [NodeSpec] {
        guard let hosts = mapping.hosts("host") else { return [] }
        if hosts.value.count > 1 {
            for key in ["name", "rank", "address"] where mapping.written.contains(key) {
                diagnostics.append(
                    Diagnostic(
                        .malformedValue,
                        "`\(key)` is given for \(hosts.value.count) hosts at once",
                        at: mapping.keySpans[key],
                        found: "`\(key)` beside a range",
                        expected: "a single host",
                        hint: "list the hosts one by one, or remove `\(key)`"
                    )
                )
            }
        }
        return hosts.value.map { host in
            NodeSpec(
                host: host,
                name: mapping.name("name")?.value.value ?? host,
                rank: mapping.integer("rank"),
                address: mapping.address("address")?.value ?? IPAddress(host),
                tcpInterface: mapping.text("tcp_iface"),
                gidIndex: gid(mapping),
                hcas: names(mapping, "rdma_hcas"),
                environment: environment(mapping.mapping("env")),
                ssh: ssh(mapping.mapping("ssh")).over(fileSSH),
                stateDirectory: mapping.text("state_dir"),
                span: hosts.span
            )
        }
    }

    // MARK: Parts

    private func gid(_ mapping: DecodedMapping) -> Spanned<GIDIndex>? {
        if let index = mapping.integer("rdma_gid_index") { return index.map(GIDIndex.index) }
        return mapping.text("rdma_gid_index")?.map { _ in .automatic }
    }

    private func names(_ mapping: DecodedMapping, _ key: String) -> Spanned<[String]>? {
        guard let list = mapping.list(key), let span = mapping.keySpans[key] else { return nil }
        return Spanned(list.compactMap { if case .text(let name) = $0 { name.value } else { nil } }, span)
    }

    private func ssh(_ mapping: DecodedMapping?) -> SSHSpec {
        var spec = SSHSpec()
        guard let mapping else { return spec }
        spec.user = mapping.text("user")
        spec.port = port(mapping, "port")
        spec.identity = mapping.text("identity")
        spec.hostKeys = mapping.text("host_keys").flatMap { SSHSpec.HostKeys(rawValue: $0.value) }
        spec.knownHosts = mapping.text("known_hosts")
        spec.config = mapping.text("config")
        spec.jump = mapping.text("jump")
        spec.connectTimeout = mapping.duration("connect_timeout")?.value
        return spec
    }

    private func port(_ mapping: DecodedMapping?, _ key: String) -> Spanned<Port>? {
        guard let value = mapping?.integer(key), let port = Port(value.value) else { return nil }
        return Spanned(port, value.span)
    }

    private func environment(_ mapping: DecodedMapping?) -> OrderedDictionary<String, EnvironmentEntry> {
        var entries: OrderedDictionary<String, EnvironmentEntry> = [:]
        for (name, value) in mapping?.values ?? [:] {
            guard case .text(let text) = value else { continue }
            let keySpan = mapping?.keySpans[name] ?? text.span
            entries[name] = EnvironmentEntry(value: text.value, keySpan: keySpan, valueSpan: text.span)
        }
        return entries
    }

    private mutating func secrets(_ mapping: DecodedMapping?) -> OrderedDictionary<String, SecretSpec> {
        var secrets: OrderedDictionary<String, SecretSpec> = [:]
        for (name, value) in mapping?.values ?? [:] {
            guard case .mapping(let entry) = value, let span = mapping?.keySpans[name] else { continue }
            switch (entry.text("env"), entry.text("file")) {
            case (let variable?, nil): secrets[name] = SecretSpec(source: .environment(variable.value), keySpan: span)
            case (nil, let file?): secrets[name] = SecretSpec(source: .file(file.value), keySpan: span)
            default:
                diagnostics.append(
                    Diagnostic(
                        .missingKey,
                        "the secret `\(name)` needs one source",
                        at: span,
                        found: entry.values.isEmpty ? "none" : "both `env` and `file`",
                        expected: "`env` or `file`",
                        hint: "write `\(name): {env: \(name)}`"
                    )
                )
            }
        }
        return secrets
    }

    private func arguments(_ mapping: DecodedMapping?) -> OrderedDictionary<String, ArgumentSpec> {
        var arguments: OrderedDictionary<String, ArgumentSpec> = [:]
        for (name, value) in mapping?.values ?? [:] {
            guard case .flag(let flag) = value else { continue }
            let keySpan = mapping?.keySpans[name] ?? flag.span
            arguments[name] = ArgumentSpec(value: flag.value, keySpan: keySpan, valueSpan: flag.span)
        }
        return arguments
    }

    private func runtime(_ root: DecodedMapping) -> RuntimeSpec {
        guard let docker = root.mapping("runtime")?.mapping("docker"), let image = docker.text("image") else {
            return .process
        }
        return .docker(
            DockerSpec(
                image: image.value,
                shm: docker.byteCount("shm")?.value,
                mounts: texts(docker, "mounts"),
                command: docker.text("command")?.value ?? "docker",
                options: texts(docker, "options")
            )
        )
    }

    private func texts(_ mapping: DecodedMapping, _ key: String) -> [String] {
        (mapping.list(key) ?? []).compactMap { if case .text(let text) = $0 { text.value } else { nil } }
    }

    private func health(_ mapping: DecodedMapping?) -> HealthSpec {
        func limit(_ key: String, _ fallback: Duration) -> Duration { mapping?.duration(key)?.value ?? fallback }
        return HealthSpec(
            startupTimeout: limit("startup_timeout", .seconds(40 * 60)),
            requestTimeout: limit("request_timeout", .seconds(60)),
            probeInterval: limit("probe_interval", .seconds(10)),
            generationInterval: limit("generation_interval", .seconds(60)),
            suspectAfter: limit("suspect_after", .seconds(5)),
            // Decided within 15 seconds, of which a look at the time takes one at most.
            lostAfter: limit("lost_after", .seconds(14)),
            contactGrace: limit("contact_grace", .seconds(120))
        )
    }

    private func restart(_ mapping: DecodedMapping?) -> RestartSpec {
        RestartSpec(
            policy: mapping?.text("policy").flatMap { RestartSpec.Policy(rawValue: $0.value) } ?? .onFailure,
            maxAttempts: mapping?.integer("max_attempts")?.value ?? 5,
            window: mapping?.duration("window")?.value ?? .seconds(3600),
            stableAfter: mapping?.duration("stable_after")?.value ?? .seconds(600)
        )
    }
}
