import OrderedCollections

extension SpecChecks {
    /// Names that muster sets itself to tell its own processes apart, or that must differ per node.
    private static let identityNames: [String: String] = [
        "SGLANG_HOST_IP": "`address` of the node", "HOST_IP": "`address` of the node",
        "VLLM_HOST_IP": "`address` of the node",
    ]

    /// Names that have a key of their own: two sources for one setting are refused, one is fine.
    private static let fabricKeys: [(name: String, key: String)] = [
        ("GLOO_SOCKET_IFNAME", "tcp_iface"), ("TP_SOCKET_IFNAME", "tcp_iface"), ("NCCL_IB_GID_INDEX", "rdma_gid_index"),
        ("NCCL_IB_HCA", "rdma_hcas"),
    ]

    func environmentChecks() -> [Diagnostic] {
        check(spec.environment, in: "env")
            + (spec.nodes + spec.spares).flatMap { check($0.environment, in: "env of `\($0.name)`") }
            + spec.secrets.flatMap { name, secret in nameProblem(name, at: secret.keySpan, in: "secrets") }
    }

    private func check(
        _ environment: some Sequence<(key: String, value: EnvironmentEntry)>,
        in place: String
    ) -> [Diagnostic] {
        environment.flatMap { name, entry -> [Diagnostic] in
            if let problem = nameProblem(name, at: entry.keySpan, in: place).first { return [problem] }
            if name == "GLOO_SOCKET_IFNAME", let problem = exclusion(Spanned(entry.value, entry.valueSpan), key: name) {
                return [problem]
            }
            if let problem = managed(name, entry) { return [problem] }
            if SecretNames.looksSecret(name: name) || SecretNames.looksSecret(value: entry.value) {
                return [
                    Diagnostic(
                        .secretInEnvironment,
                        "`\(name)` looks like a secret, and `env` is written into the launch script",
                        at: entry.valueSpan,
                        found: "a value in clear",
                        expected: "an entry of `secrets`",
                        hint: "move it: `secrets: {\(name): {env: \(name)}}`"
                    )
                ]
            }
            return []
        }
    }

    private func nameProblem(_ name: String, at span: SourceSpan, in place: String) -> [Diagnostic] {
        let scalars = name.unicodeScalars
        let valid =
            scalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "_")
            }
            && !(scalars.first?.properties.numericType != nil)
        guard !valid else { return [] }
        return [
            Diagnostic(
                .badEnvironmentName,
                "`\(name)` cannot be the name of an environment variable",
                at: span,
                found: "`\(name)`",
                expected: "letters, digits and `_`, not starting with a digit",
                hint: "engine flags go into `args`; correct the name otherwise (in \(place))"
            )
        ]
    }

    private func managed(_ name: String, _ entry: EnvironmentEntry) -> Diagnostic? {
        let (found, hint): (String, String)
        if name.hasPrefix("MUSTER_") {
            (found, hint) = ("a name muster keeps for itself", "choose a name without the prefix `MUSTER_`")
        } else if let source = Self.identityNames[name] {
            (found, hint) = ("a name the plan sets on each node", "remove it; muster sets it from \(source)")
        } else if let (_, key) = Self.fabricKeys.first(where: { $0.name == name }), isGiven(key) {
            (found, hint) = ("both `\(key)` and `\(name)`", "keep `\(key)` and remove this line")
        } else if ["RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT"].contains(name) {
            (found, hint) = ("a name the engine sets for each rank", "remove it; it would be the same for all ranks")
        } else {
            return nil
        }
        return Diagnostic(
            .managedEnvironment,
            "`\(name)` cannot be set in `env`",
            at: entry.keySpan,
            found: found,
            expected: "names that neither a key of the file nor the plan sets",
            hint: hint
        )
    }

    private func isGiven(_ key: String) -> Bool {
        switch key {
        case "tcp_iface": spec.tcpInterface != nil || spec.nodes.contains { $0.tcpInterface != nil }
        case "rdma_gid_index": spec.gidIndex != nil || spec.nodes.contains { $0.gidIndex != nil }
        default: spec.hcas != nil || spec.nodes.contains { $0.hcas != nil }
        }
    }

    // MARK: Arguments

    func argumentChecks() -> [Diagnostic] {
        var first: [String: (name: String, span: SourceSpan)] = [:]
        var problems: [Diagnostic] = []
        for (name, argument) in spec.arguments {
            let canonical = name.drop { $0 == "-" }.map { $0 == "_" ? "-" : $0 }
            let key = String(canonical)
            if let earlier = first[key] {
                problems.append(
                    Diagnostic(
                        .duplicateArgument,
                        "`\(name)` and `\(earlier.name)` are the same flag",
                        at: argument.keySpan,
                        expected: "each flag once",
                        notes: [.init(message: "first given here", span: earlier.span)],
                        hint: "remove one of the two"
                    )
                )
            }
            first[key] = (name, argument.keySpan)
            if name.hasPrefix("-") || name.contains(where: Self.isOutOfPlace) {
                problems.append(
                    Diagnostic(
                        .argumentForm,
                        "`args` names flags without dashes, and values stand behind the colon",
                        at: argument.keySpan,
                        found: "`\(name)`",
                        expected: "a name such as `\(key.prefix { $0 != "=" && !$0.isWhitespace })`",
                        hint: "write `\(key.prefix { $0 != "=" && !$0.isWhitespace }): VALUE`"
                    )
                )
            }
            if let problem = secret(key, argument) { problems.append(problem) }
        }
        return problems
    }

    private static func isOutOfPlace(_ character: Character) -> Bool {
        character.isWhitespace || character == "=" || character.unicodeScalars.contains { $0.value < 0x20 }
    }

    private func secret(_ name: String, _ argument: ArgumentSpec) -> Diagnostic? {
        let texts: [String] =
            switch argument.value {
            case .text(let text): [text]
            case .list(let list): list
            case .json(let value): [value.compact]
            case .switched, .secret: []
            }
        // Thresholds and counts of tokens are numbers; no key is.
        let isNumeric = texts.allSatisfy { Double($0) != nil }
        guard !texts.isEmpty, !isNumeric,
            SecretNames.looksSecret(name: name) || texts.contains(where: SecretNames.looksSecret(value:))
        else { return nil }
        let variable = name.uppercased().map { $0 == "-" ? "_" : $0 }
        return Diagnostic(
            .secretInArguments,
            "`\(name)` looks like a secret, and arguments are visible to every user of the node",
            at: argument.valueSpan,
            found: "a value in clear",
            expected: "a reference to `secrets`",
            hint:
                "write `\(name): {secret: \(String(variable))}` and `secrets: {\(String(variable)): {env: \(String(variable))}}`"
        )
    }
}

/// What names and values give themselves away as secrets.
package enum SecretNames {
    private static let words = [
        "API_KEY", "APIKEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "PRIVATE_KEY",
    ]
    /// Engine flags and settings that hold such a word and no secret.
    private static let harmless = [
        "TOKENIZER", "TOKENS", "TOKENIZERS", "KEYFILE", "TOKEN_ID", "TOKEN_IDS", "TOKENIZATION",
    ]
    private static let prefixes = ["hf_", "sk-", "ghp_", "gho_", "github_pat_", "glpat-", "AKIA", "xoxb-", "nvapi-"]

    package static func looksSecret(name: String) -> Bool {
        var upper = String(name.uppercased().map { $0 == "-" ? "_" : $0 })
        for word in harmless { upper = upper.removing(word) }
        // `per-token`, `max-prefill-token` count tokens; a secret ends in the word or stands alone.
        guard let word = words.first(where: { upper.contains($0) }) else { return false }
        return word != "TOKEN" || upper == "TOKEN" || upper.hasSuffix("_TOKEN") && !upper.hasSuffix("PER_TOKEN")
    }

    package static func looksSecret(value: String) -> Bool {
        value.count >= 20 && !value.contains(where: \.isWhitespace) && prefixes.contains { value.hasPrefix($0) }
    }
}

extension String {
    fileprivate func removing(_ word: String) -> String {
        split(separator: word, omittingEmptySubsequences: false).joined(separator: "")
    }
}
