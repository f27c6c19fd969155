package import MusterSpec
import OrderedCollections

/// vLLM's native multi-node launch (`--nnodes`, since 0.11.1): one `vllm serve` per node, followers headless.
package struct VLLM: Engine {
    package let spec: ClusterSpec
    /// The file's `args`, read once: every node's command line holds them.
    let flags: FileFlags
    let arguments: FileArguments

    package init(spec: ClusterSpec) {
        self.spec = spec
        arguments = FileArguments(spec)
        flags = FileFlags(spec)
    }

    var version: EngineVersion { spec.engine.version.value }

    package var defaultHTTPPort: Port { .known(8000) }
    package var defaultRendezvousPort: Port { .known(29501) }
    package var derivedPorts: [DerivedPort] { [] }

    package var readiness: ReadinessPaths {
        ReadinessPaths(health: "/health", models: "/v1/models", completions: "/v1/completions")
    }

    // MARK: Ranks

    /// Global ranks are contiguous per node: node i owns [i*local, (i+1)*local), laid out DP x PP x TP with TP fastest
    /// (0.33.0 vllm/config/parallel.py).
    package func ranks(of node: NodeRank) -> [RankCoordinates] {
        let (tp, pp, dp) = (spec.tensorParallel.value, spec.pipelineParallel.value, spec.dataParallel.value)
        let local = max(1, tp * pp * dp / spec.nodes.count)
        return (0..<local).map { index in
            let global = node.value * local + index
            return RankCoordinates(
                global: GlobalRank(global),
                local: LocalRank(index),
                tensor: global % tp,
                pipeline: global / tp % pp,
                data: global / (tp * pp)
            )
        }
    }

    // MARK: Command

    package func command(on node: NodeRank, at site: LaunchSite) -> [LaunchArgument] {
        var words = [
            LaunchArgument([spec.engine.executable?.value ?? "vllm", "serve"], from: "engine"),
            LaunchArgument([spec.model.value], from: "model"),
            LaunchArgument(["--tensor-parallel-size", String(spec.tensorParallel.value)], from: "tp_size"),
        ]
        if spec.pipelineParallel.value > 1 {
            words.append(
                LaunchArgument(["--pipeline-parallel-size", String(spec.pipelineParallel.value)], from: "pp_size")
            )
        }
        if spec.dataParallel.value > 1 {
            words.append(LaunchArgument(["--data-parallel-size", String(spec.dataParallel.value)], from: "dp_size"))
        }
        if spec.expertParallel.value > 1 {
            words.append(LaunchArgument(["--enable-expert-parallel"], from: "ep_size"))
        }
        if let master = site.master {
            words.append(
                LaunchArgument(
                    ["--distributed-executor-backend", "mp"],
                    because: "written out: the default has changed between releases"
                )
            )
            words.append(LaunchArgument(["--nnodes", String(spec.nodes.count)], from: "nodes"))
            words.append(LaunchArgument(["--node-rank", node.description], from: "nodes"))
            words.append(LaunchArgument(["--master-addr", master.text], from: "master_ip"))
            words.append(LaunchArgument(["--master-port", site.rendezvous.description], from: "ports.rendezvous"))
            if node.value > 0 {
                words.append(LaunchArgument(["--headless"], because: "only node rank 0 serves HTTP"))
            }
        }
        words += flags.arguments
        if node.value == 0 {
            words.append(
                spec.bind == nil
                    ? LaunchArgument(["--host", site.bind.text], because: "written out so that the endpoint is known")
                    : LaunchArgument(["--host", site.bind.text], from: "bind")
            )
            words.append(
                spec.httpPort == nil
                    ? LaunchArgument(
                        ["--port", site.http.description],
                        because: "written out so that the endpoint is known"
                    )
                    : LaunchArgument(["--port", site.http.description], from: "ports.http")
            )
        }
        if flags.knows("shutdown-timeout"), !flags.writes("shutdown-timeout") {
            words.append(
                LaunchArgument(
                    ["--shutdown-timeout", String(Self.drain)],
                    because: "the default of 0 kills requests in flight when the unit is stopped"
                )
            )
        }
        return words
    }

    package func environment(on node: NodeRank, at site: LaunchSite) -> [AddedVariable] {
        var added: [AddedVariable] = []
        if spec.nodes.count > 1, let address = site.address {
            added.append(
                AddedVariable(
                    "VLLM_HOST_IP",
                    address.text,
                    because: "the node's own address; vLLM otherwise takes the one of the default route"
                )
            )
        }
        if version >= .known("0.12.0") {
            added.append(
                AddedVariable("NO_COLOR", "1", because: "log lines are read by muster", mayBeOverridden: true)
            )
        }
        return added + EngineEnvironment.common
    }

    /// Seconds given to requests in flight.
    private static let drain = 15
    /// An hour; nobody waits longer for a deployment to stop.
    private static let longestDrain = 3600

    /// vLLM ends within its drain plus graces of its own, 20 seconds together; followers never stop with the head.
    package func teardown(of node: NodeRank) -> [TeardownStep] {
        let given = arguments.integer("shutdown-timeout")?.value ?? Self.drain
        return [
            TeardownStep("TERM", .launcher, grace: node.value == 0 ? min(max(0, given), Self.longestDrain) + 20 : 10),
            TeardownStep("KILL", .all, grace: 10),
        ]
    }
}
