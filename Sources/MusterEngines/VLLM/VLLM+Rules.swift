package import MusterSpec
import OrderedCollections

extension VLLM {
    package func check() -> [Diagnostic] {
        let (tp, pp, dp) = (spec.tensorParallel.value, spec.pipelineParallel.value, spec.dataParallel.value)
        let product = ["tp \(tp)"] + (pp > 1 ? ["pp \(pp)"] : []) + (dp > 1 ? ["dp \(dp)"] : [])
        let layout = Layout(spec: spec, world: tp * pp * dp, product: product.joined(separator: " x "))
        return Self.managed.check(spec, arguments.names)
            + layout.check("vLLM: the world size must be divisible by nnodes")
            + FlagRules(
                flags: flags,
                spec: spec,
                names: arguments.names,
                managed: Self.managed,
                fraction: "gpu-memory-utilization"
            ).check()
            + releaseRules() + dataRules() + conflictRules()
            + MemoryFraction.check("gpu-memory-utilization", in: arguments)
            + PortRules(
                spec: spec,
                http: spec.httpPort?.value ?? defaultHTTPPort,
                rendezvous: spec.rendezvousPort?.value ?? defaultRendezvousPort,
                derived: derivedPorts
            ).check()
    }

    private func releaseRules() -> [Diagnostic] {
        guard !spec.unreadable.contains("engine.version") else { return [] }
        if spec.nodes.count > 1, version < .known("0.11.1") {
            return [
                Diagnostic(
                    .notInThisRelease,
                    "vLLM \(version) cannot span nodes without Ray",
                    at: spec.engine.version.span,
                    found: "`\(version)` over \(spec.nodes.count) nodes",
                    expected: "vLLM 0.11.1 or later, which has `--nnodes`",
                    hint: "install a later release on the nodes, or use one node"
                )
            ]
        }
        var problems: [Diagnostic] = []
        for (size, key, flag) in [
            (spec.expertParallel, "ep_size", "enable-expert-parallel"),
            (spec.dataParallel, "dp_size", "data-parallel-size"),
        ] where size.value > 1 && !flags.knows(flag) {
            let since = flags.catalog.presence(of: flag).first.map { flags.catalog.releases[$0.lowerBound].text }
            problems.append(
                Diagnostic(
                    .notInThisRelease,
                    "vLLM \(version) has no `--\(flag)`",
                    at: size.span,
                    found: "\(key) \(size.value)",
                    expected: "vLLM \(since ?? "of another release") or later",
                    hint: "remove \(key), or install a later release on the nodes"
                )
            )
        }
        guard version < .known("0.7.2") || version >= .known("0.34") else { return problems }
        return problems + [
            Diagnostic(
                .unknownRelease,
                .warning,
                "muster does not know vLLM \(version)",
                at: spec.engine.version.span,
                found: "`\(version)`",
                expected: "0.7.2 to 0.33.x",
                hint: "flags and log lines are taken to be those of the nearest known release"
            )
        ]
    }

    private func dataRules() -> [Diagnostic] {
        var problems: [Diagnostic] = []
        if spec.dataParallel.value > 1, spec.nodes.count > 1 {
            problems.append(
                Diagnostic(
                    .notRendered,
                    "muster does not launch vLLM's data parallelism across nodes",
                    at: spec.dataParallel.span,
                    found: "dp_size \(spec.dataParallel.value) over \(spec.nodes.count) nodes",
                    expected: "tp_size and pp_size, or dp_size on one node",
                    hint: "use `tp_size` and `pp_size`, or `replicas` in place of dp_size"
                )
            )
        }
        let sharing = spec.tensorParallel.value * spec.dataParallel.value
        if spec.expertParallel.value > 1, spec.expertParallel.value != sharing {
            problems.append(
                Diagnostic(
                    .expertParallel,
                    "vLLM spreads experts over all of tp x dp, not over a part of it",
                    at: spec.expertParallel.span,
                    found: "ep_size \(spec.expertParallel.value)",
                    expected: "\(sharing), or no ep_size",
                    hint: "write `ep_size: \(sharing)`, which becomes `--enable-expert-parallel`"
                )
            )
        }
        return problems
    }

    private static let managed = ManagedFlags(
        flags: [
            ("model", "`model`"), ("tensor-parallel-size", "`tp_size`"), ("tp", "`tp_size`"),
            ("pipeline-parallel-size", "`pp_size`"), ("pp", "`pp_size`"), ("data-parallel-size", "`dp_size`"),
            ("dp", "`dp_size`"), ("enable-expert-parallel", "`ep_size`"), ("nnodes", "`nodes`"),
            ("node-rank", "`nodes`"),
            ("master-addr", "`master_ip`"), ("master-port", "`ports: {rendezvous: ...}`"), ("headless", "`nodes`"),
            ("distributed-executor-backend", "`nodes`"), ("host", "`bind`"), ("port", "`ports: {http: ...}`"),
            ("data-parallel-rank", "`dp_size`"), ("data-parallel-address", "`dp_size`"),
        ],
        innocent: ["enable", "data"]
    )
}
