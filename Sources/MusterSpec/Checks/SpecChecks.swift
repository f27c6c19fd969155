import OrderedCollections

/// What can be wrong with a cluster whatever engine it runs, judged without a network.
struct SpecChecks {
    let spec: ClusterSpec
    let world: SpecWorld

    func run() -> [Diagnostic] {
        nodeChecks() + addressChecks() + portChecks() + environmentChecks() + argumentChecks() + secretChecks()
            + identityChecks()
    }

    /// Each replica by itself, for what its nodes have to agree on among themselves.
    var gangs: [SpecChecks] { spec.gangs.map { SpecChecks(spec: $0, world: world) } }

    // MARK: Nodes

    private func nodeChecks() -> [Diagnostic] {
        var problems: [Diagnostic] = []
        let all = spec.nodes.map { ($0, "node") } + spec.spares.map { ($0, "spare") }
        // One machine may carry several sshd, so a host is the same only with the same port.
        problems += duplicates(all, code: .duplicateHost, what: "host") { node in
            node.host.lowercased() + (node.ssh.port.map { ":\($0.value)" } ?? "")
        }
        problems += duplicates(all.filter { $0.0.name != $0.0.host }, code: .duplicateNodeName, what: "name") {
            $0.name
        }
        // Two sshd of one machine share the address their hosts are given by; an address that is written out is the
        // node's own.
        var hostAddresses: Set<IPAddress> = []
        let owners = all.filter { node, _ in
            guard let address = node.address, address == IPAddress(node.host) else { return node.address != nil }
            return hostAddresses.insert(address).inserted
        }
        problems += duplicates(owners, code: .duplicateAddress, what: "address") { $0.address }
        return problems + gangs.flatMap { $0.rankChecks() }
    }

    private func duplicates<Key: Hashable & CustomStringConvertible>(
        _ nodes: [(NodeSpec, String)],
        code: DiagnosticCode,
        what: String,
        key: (NodeSpec) -> Key?
    ) -> [Diagnostic] {
        var first: [Key: SourceSpan] = [:]
        var problems: [Diagnostic] = []
        for (node, role) in nodes {
            guard let value = key(node) else { continue }
            guard let earlier = first[value] else {
                first[value] = node.span
                continue
            }
            let shown = what == "host" ? node.host : value.description
            problems.append(
                Diagnostic(
                    code,
                    "the \(what) `\(shown)` stands twice",
                    at: node.span,
                    found: "`\(shown)` again, as a \(role)",
                    expected: "each node once",
                    notes: [.init(message: "`\(shown)` first stands here", span: earlier)],
                    hint: what == "host"
                        ? "remove one of the two, or shorten the range" : "give each node its own \(what)"
                )
            )
        }
        return problems
    }

    private func rankChecks() -> [Diagnostic] {
        let given = spec.nodes.compactMap { node in node.rank.map { (rank: $0, node: node) } }
        guard !given.isEmpty else { return [] }
        guard given.count == spec.nodes.count else {
            let without = spec.nodes.first { $0.rank == nil }
            return [
                Diagnostic(
                    .duplicateNodeRank,
                    "some nodes have a `rank` and some have none",
                    at: without?.span,
                    expected: "a rank for every node, or for none",
                    hint: "remove the ranks: nodes are numbered in the order they stand in"
                )
            ]
        }
        var problems: [Diagnostic] = []
        var seen: [Int: SourceSpan] = [:]
        for (rank, node) in given {
            if let earlier = seen[rank.value] {
                problems.append(
                    Diagnostic(
                        .duplicateNodeRank,
                        "the node rank \(rank.value) is given twice",
                        at: rank.span,
                        found: "\(rank.value) for `\(node.name)`",
                        expected: "each of 0 to \(spec.nodes.count - 1) once",
                        notes: [.init(message: "rank \(rank.value) is first given here", span: earlier)],
                        hint: "number the nodes 0 to \(spec.nodes.count - 1)"
                    )
                )
            } else if rank.value >= spec.nodes.count {
                problems.append(
                    Diagnostic(
                        .duplicateNodeRank,
                        "the node rank \(rank.value) is beyond the last node",
                        at: rank.span,
                        found: "\(rank.value)",
                        expected: "0 to \(spec.nodes.count - 1)",
                        hint: "number the nodes 0 to \(spec.nodes.count - 1)"
                    )
                )
            }
            seen[rank.value] = rank.span
        }
        return problems
    }

    // MARK: Identity files

    private func identityChecks() -> [Diagnostic] {
        var seen: Set<String> = []
        return ([spec.ssh] + (spec.nodes + spec.spares).map(\.ssh)).compactMap { ssh in
            guard let identity = ssh.identity, seen.insert(identity.value).inserted else { return nil }
            let (found, hint): (String, String)
            switch world.keyFile(identity.value) {
            case .usable: return nil
            case .missing:
                (found, hint) = ("no such file", "name an existing private key, or make one with `ssh-keygen`")
            case .unreadable(let reason): (found, hint) = (reason, "make the file readable for the user muster runs as")
            case .notAKey: (found, hint) = ("no private key in it", "name the private key file")
            case .publicKey:
                (found, hint) = ("a public key", "name the private key: `\(identity.value.replacingPub)`")
            }
            return Diagnostic(
                .identityUnreadable,
                "the identity file `\(identity.value)` cannot be used",
                at: identity.span,
                found: found,
                expected: "a readable private key",
                hint: hint
            )
        }
    }

    // MARK: Secrets

    private func secretChecks() -> [Diagnostic] {
        var problems: [Diagnostic] = []
        for (name, argument) in spec.arguments {
            guard case .secret(let secret) = argument.value, spec.secrets[secret] == nil else { continue }
            problems.append(
                Diagnostic(
                    .undefinedSecret,
                    "`args.\(name)` refers to a secret that the file does not define",
                    at: argument.valueSpan,
                    found: "`\(secret)`",
                    expected: spec.secrets.isEmpty
                        ? "a name from `secrets`" : spec.secrets.keys.joined(separator: ", "),
                    hint: "add `secrets: {\(secret): {env: \(secret)}}`"
                )
            )
        }
        for (name, secret) in spec.secrets {
            guard let reason = world.secretProblem(secret.source) else { continue }
            let hint =
                switch secret.source {
                case .environment(let variable): "export `\(variable)` before running muster"
                case .file(let path): "write the secret to `\(path)`"
                }
            // Validating and rendering need no secret, so this is no error until one is pushed.
            problems.append(
                Diagnostic(
                    .secretUnavailable,
                    .warning,
                    "the secret `\(name)` cannot be read here: \(reason)",
                    at: secret.keySpan,
                    found: reason,
                    expected: "a value",
                    hint: hint
                )
            )
        }
        return problems
    }
}

extension String {
    fileprivate var replacingPub: String { hasSuffix(".pub") ? String(dropLast(4)) : self }
}
