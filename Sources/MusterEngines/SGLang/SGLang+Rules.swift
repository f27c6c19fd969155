package import MusterSpec

extension SGLang {
    package func check() -> [Diagnostic] {
        let (tp, pp, dp) = (spec.tensorParallel, spec.pipelineParallel, spec.dataParallel)
        let copies = renames.splitsAttention ? 1 : dp.value
        let product =
            ["tp \(tp.value)"] + (pp.value > 1 ? ["pp \(pp.value)"] : []) + (copies > 1 ? ["dp \(dp.value)"] : [])
        let layout = Layout(
            spec: spec,
            world: tp.value * pp.value * copies,
            product: product.joined(separator: " x ")
        )
        let stages = stageRules()
        return Self.managed.check(spec, arguments.names)
            + FlagRules(
                flags: flags,
                spec: spec,
                names: arguments.names,
                managed: Self.managed,
                fraction: "mem-fraction-static"
            ).check()
            + (stages.isEmpty ? layout.check("SGLang: tp_size must be divisible by number of nodes") : stages)
            + dataRules() + expertRules() + conflictRules() + releaseRules()
            + MemoryFraction.check("mem-fraction-static", in: arguments)
            + portRules(layout)
    }

    /// SGLang does not check this itself: the stage of a node that gets none never starts, and everybody waits.
    private func stageRules() -> [Diagnostic] {
        let (tp, pp, nodes) = (spec.tensorParallel.value, spec.pipelineParallel.value, spec.nodes.count)
        guard spec.unreadable.isDisjoint(with: ["tp_size", "pp_size", "nodes"]), pp > 1 else { return [] }
        if nodes % pp != 0, pp % nodes != 0 {
            return [
                Diagnostic(
                    .pipelineAcrossNodes,
                    "\(pp) pipeline stages cannot be spread over \(nodes) nodes",
                    at: spec.pipelineParallel.span,
                    found: "pp_size \(pp), \(nodes) nodes",
                    expected: "one to be a multiple of the other; SGLang hangs at rendezvous otherwise",
                    hint: "choose a pp_size that divides \(nodes), or a multiple of it"
                )
            ]
        }
        if nodes > pp, tp % (nodes / pp) != 0 {
            return [
                Diagnostic(
                    .tensorAcrossNodes,
                    "tp_size \(tp) cannot be spread over the \(nodes / pp) nodes of a pipeline stage",
                    at: spec.tensorParallel.span,
                    found: "tp_size \(tp)",
                    expected: "a multiple of \(nodes / pp)",
                    hint: "choose a multiple of \(nodes / pp)"
                )
            ]
        }
        return []
    }

    private func dataRules() -> [Diagnostic] {
        let (tp, dp) = (spec.tensorParallel.value, spec.dataParallel.value)
        if let parts = renames.attentionParts, tp % parts.value != 0 {
            let key = renames.splitsAttention ? "dp_size" : "attn-dp-size"
            return [
                Diagnostic(
                    .attentionDataParallel,
                    "\(key) \(parts.value) does not divide tp_size \(tp)",
                    at: parts.span,
                    found: "\(tp) / \(parts.value)",
                    expected: "a \(key) that divides tp_size, since DP attention splits the TP group",
                    hint: "choose a divisor of \(tp)"
                )
            ]
        }
        guard dp > 1, spec.nodes.count > 1, !renames.splitsAttention else { return [] }
        return [
            Diagnostic(
                .dataParallelAcrossNodes,
                "SGLang runs data parallelism across nodes only as DP attention",
                at: spec.dataParallel.span,
                found: "dp_size \(dp) over \(spec.nodes.count) nodes",
                expected: "`enable-dp-attention`, or `replicas`",
                hint: "add `enable-dp-attention: true` to `args`, or use `replicas` in place of dp_size"
            )
        ]
    }

    private func expertRules() -> [Diagnostic] {
        let (tp, ep) = (spec.tensorParallel.value, spec.expertParallel.value)
        if ep > 1, needsExpertSwitch, let off = arguments.turnedOff("enable-ep-moe") {
            return [
                ArgumentConflict.problem(
                    off,
                    "experts are spread by a switch that the file turns off",
                    found: "`\(off.name): false` with ep_size \(ep)",
                    expected: "one of them: SGLang \(version) spreads experts by this switch alone",
                    hint: "remove `\(off.name)`, which muster writes where ep_size asks for it, or remove ep_size"
                )
            ]
        }
        if ep > 1, ep != tp, needsExpertSwitch {
            return [
                Diagnostic(
                    .expertParallel,
                    "SGLang \(version) spreads experts over all of tp_size, not over a part of it",
                    at: spec.expertParallel.span,
                    found: "ep_size \(ep)",
                    expected: "\(tp), or SGLang 0.4.10 or later",
                    hint: "write `ep_size: \(tp)`"
                )
            ]
        }
        guard ep > 1, tp % ep != 0 else { return [] }
        return [
            Diagnostic(
                .expertParallel,
                "ep_size \(ep) does not divide tp_size \(tp)",
                at: spec.expertParallel.span,
                found: "\(tp) / \(ep)",
                expected: "an ep_size that divides tp_size, since experts are spread inside the TP group",
                hint: "choose a divisor of \(tp)"
            )
        ]
    }

    /// To 0.4.8 experts are spread by a switch, and the size follows TP; 0.4.10 made the size count by itself.
    var needsExpertSwitch: Bool {
        let isSwitched = ["enable-ep-moe", "enable-deepep-moe"].contains { arguments.has($0) }
        return version < .known("0.4.10") && !isSwitched
    }

    private func releaseRules() -> [Diagnostic] {
        guard !spec.unreadable.contains("engine.version") else { return [] }
        var problems: [Diagnostic] = []
        if spec.pipelineParallel.value > 1, version < .known("0.4.6") {
            problems.append(
                Diagnostic(
                    .notInThisRelease,
                    "SGLang \(version) has no pipeline parallelism",
                    at: spec.pipelineParallel.span,
                    found: "pp_size \(spec.pipelineParallel.value)",
                    expected: "SGLang 0.4.6.post5 or later for `--pp-size`",
                    hint: "remove pp_size, or install a later release on the nodes"
                )
            )
        }
        if version < .known("0.4.4") || version >= .known("0.6") {
            problems.append(
                Diagnostic(
                    .unknownRelease,
                    .warning,
                    "muster does not know SGLang \(version)",
                    at: spec.engine.version.span,
                    found: "`\(version)`",
                    expected: "0.4.4 to 0.5.x",
                    hint: "flags and log lines are taken to be those of the nearest known release"
                )
            )
        }
        return problems
    }

    private func portRules(_ layout: Layout) -> [Diagnostic] {
        PortRules(
            spec: spec,
            http: spec.httpPort?.value ?? defaultHTTPPort,
            rendezvous: spec.rendezvousPort?.value ?? defaultRendezvousPort,
            derived: derivedPorts
        ).check()
    }

    private static let managed = ManagedFlags(
        flags: [
            ("model-path", "`model`"), ("model", "`model`"), ("tp-size", "`tp_size`"),
            ("tensor-parallel-size", "`tp_size`"),
            ("pp-size", "`pp_size`"), ("pipeline-parallel-size", "`pp_size`"), ("dp-size", "`dp_size`"),
            ("data-parallel-size", "`dp_size`"), ("ep-size", "`ep_size`"), ("expert-parallel-size", "`ep_size`"),
            ("dist-init-addr", "`master_ip` and `ports: {rendezvous: ...}`"),
            ("nccl-init-addr", "`master_ip` and `ports: {rendezvous: ...}`"), ("nnodes", "`nodes`"),
            ("node-rank", "`nodes`"), ("host", "`bind`"), ("port", "`ports: {http: ...}`"),
        ],
        // `ep` alone has been a flag of its own since 0.4.10; it means ep-size all the same.
        innocent: ["model-loader-extra-config", "model-impl", "dist-timeout"]
    )
}
