package import MusterSpec
import OrderedCollections

/// SGLang's multi-node launch: one launcher per node, one scheduler process per GPU.
package struct SGLang: Engine {
    package let spec: ClusterSpec
    /// The file's `args`, read once: every node's command line holds them.
    let flags: FileFlags
    let arguments: FileArguments
    let renames: SGLangRenames

    package init(spec: ClusterSpec) {
        self.spec = spec
        arguments = FileArguments(spec)
        renames = SGLangRenames(spec: spec, arguments: arguments)
        flags = FileFlags(spec, special: renames.outcome)
    }

    var version: EngineVersion { spec.engine.version.value }

    package var defaultHTTPPort: Port { .known(30000) }
    package var defaultRendezvousPort: Port { .known(5000) }

    /// With DP attention the tokenizer, detokenizer, RPC, metrics, controller and load sockets stand right above the
    /// rendezvous port. Early releases put a socket per worker behind them, later ones hand out worker ports at +13.
    package var derivedPorts: [DerivedPort] {
        // What does not divide TP is refused elsewhere, and `args` may hold any number.
        let tensor = spec.tensorParallel.value
        guard let parts = renames.attentionParts?.value, parts >= 1, parts <= tensor, tensor % parts == 0 else {
            return []
        }
        let base = (spec.rendezvousPort?.value ?? defaultRendezvousPort).value
        let (fixed, hasWorkers) =
            switch version {
            case ..<EngineVersion.known("0.4.6"): (3, true)
            case ..<EngineVersion.known("0.4.10"): (4, true)
            case ..<EngineVersion.known("0.5.9"): (5, true)
            default: (6, false)
            }
        let sockets = (1...fixed).map { DerivedPort(value: base + $0, purpose: "DP attention socket") }
        guard hasWorkers else { return sockets + [DerivedPort(value: base + 13, purpose: "DP worker port hand-out")] }
        return sockets
            + (1...parts).map { DerivedPort(value: base + fixed + $0, purpose: "DP worker socket") }
    }

    /// Attention DP splits inside the TP group and adds no GPUs; plain DP multiplies them.
    var usesAttentionDataParallel: Bool { renames.attentionParts != nil }
    /// Into how many parts the TP group is cut for attention.
    var attentionParts: Int { renames.attentionParts?.value ?? 1 }

    package var readiness: ReadinessPaths {
        ReadinessPaths(health: "/health", models: "/v1/models", completions: "/v1/completions")
    }

    // MARK: Ranks

    /// Node r runs PP ranks [ppPerNode*(r/nodesPerStage), +ppPerNode) and TP ranks [tpPerNode*(r%nodesPerStage), +tpPerNode)
    /// (0.5.23 entrypoints/engine.py:2045-2078; 0.4.4.post1 engine.py:430-447). World rank = tp*pp_rank + tp_rank.
    package func ranks(of node: NodeRank) -> [RankCoordinates] {
        let (tp, pp, nodes) = (spec.tensorParallel.value, spec.pipelineParallel.value, spec.nodes.count)
        let ppPerNode = max(pp / nodes, 1)
        let nodesPerStage = max(nodes / pp, 1)
        let tpPerNode = max(tp / nodesPerStage, 1)
        let firstStage = ppPerNode * (node.value / nodesPerStage)
        let firstTensor = tpPerNode * (node.value % nodesPerStage)
        // Plain data parallelism on one node repeats the whole TP x PP block on further GPUs.
        let copies = renames.splitsAttention ? 1 : spec.dataParallel.value
        return (0..<copies).flatMap { copy in
            (firstStage..<firstStage + ppPerNode).flatMap { stage in
                (firstTensor..<firstTensor + tpPerNode).map { tensor in
                    let local = copy * ppPerNode * tpPerNode + (stage - firstStage) * tpPerNode + (tensor - firstTensor)
                    return RankCoordinates(
                        global: GlobalRank(copy * tp * pp + tp * stage + tensor),
                        local: LocalRank(local),
                        tensor: tensor,
                        pipeline: stage,
                        data: copy
                    )
                }
            }
        }
    }

    // MARK: Command

    package func command(on node: NodeRank, at site: LaunchSite) -> [LaunchArgument] {
        var words = [
            LaunchArgument([spec.engine.executable?.value ?? "python3", "-m", "sglang.launch_server"], from: "engine"),
            LaunchArgument(["--model-path", spec.model.value], from: "model"),
            LaunchArgument(["--tp-size", String(spec.tensorParallel.value)], from: "tp_size"),
        ]
        let data =
            renames.splitsAttention && flags.knows("attn-dp-size") ? "--attn-dp-size" : "--dp-size"
        for (flag, size, key) in [
            ("--pp-size", spec.pipelineParallel, "pp_size"), (data, spec.dataParallel, "dp_size"),
            ("--ep-size", spec.expertParallel, "ep_size"),
        ] where size.value > 1 {
            words.append(LaunchArgument([flag, String(size.value)], from: key))
        }
        if spec.expertParallel.value > 1, needsExpertSwitch {
            words.append(
                LaunchArgument(
                    ["--enable-ep-moe"],
                    because: "before 0.4.10 the size alone leaves the experts where they are"
                )
            )
        }
        if let master = site.master {
            words.append(
                LaunchArgument(["--dist-init-addr", "\(master.bracketed):\(site.rendezvous)"], from: "master_ip")
            )
            words.append(LaunchArgument(["--nnodes", String(spec.nodes.count)], from: "nodes"))
            words.append(LaunchArgument(["--node-rank", node.description], from: "nodes"))
        }
        words += flags.arguments
        if node.value == 0 {
            let host = ["--host", site.bind.text]
            words.append(
                spec.bind == nil
                    ? LaunchArgument(host, because: "the engine's default is 127.0.0.1, which no client can reach")
                    : LaunchArgument(host, from: "bind")
            )
            let port = ["--port", site.http.description]
            words.append(
                spec.httpPort == nil
                    ? LaunchArgument(port, because: "written out so that the endpoint is known")
                    : LaunchArgument(port, from: "ports.http")
            )
        }
        return words
    }

    package func environment(on node: NodeRank, at site: LaunchSite) -> [AddedVariable] {
        var added: [AddedVariable] = []
        if spec.nodes.count > 1, let address = site.address {
            added.append(
                AddedVariable(
                    "SGLANG_HOST_IP",
                    address.text,
                    because: "the node's own address; SGLang otherwise takes the one of the default route"
                )
            )
        }
        return added + EngineEnvironment.common
    }

    /// Node rank 0 drains on SIGTERM, without limit when busy; followers ignore it in late releases and are killed by
    /// it at once in earlier ones (0.5.23 engine.py:1266). Neither stops the other's schedulers for certain.
    package func teardown(of node: NodeRank) -> [TeardownStep] {
        let grace = node.value == 0 ? 20 : 5
        return [TeardownStep("TERM", .launcher, grace: grace), TeardownStep("KILL", .all, grace: 10)]
    }
}

/// Variables every engine gets for muster's sake.
enum EngineEnvironment {
    static let common = [
        AddedVariable(
            "SPT_NOENV",
            "1",
            because: "setproctitle otherwise wipes the environment that tells muster whose process it is",
            mayBeOverridden: true
        ),
        AddedVariable(
            "PYTHONUNBUFFERED",
            "1",
            because: "log lines reach the file as they are printed",
            mayBeOverridden: true
        ),
    ]
}
