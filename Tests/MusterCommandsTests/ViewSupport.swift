import MusterEngines
import MusterSpec
import MusterSupervision
import Testing

@testable import MusterPlan
@testable import MusterRuntime

/// What nodes say in records, read as it is read from a node.
func status(_ records: [String]) throws -> NodeStatus {
    let text = (["muster/1 n1"] + records + ["end ok"]).map { $0 + "\n" }.joined()
    return NodeStatus(try #require(NodeReply(output: Array(text.utf8), nonce: "n1")))
}

/// Two nodes, one with a name that takes more cells than characters. A file cannot give it one, the views must not care.
func widePlan() throws -> LaunchPlan {
    let plan = try plan(
        of: """
            name: wide
            engine: {kind: sglang, version: 0.4.4.post1}
            model: /models/日本語
            tp_size: 4
            gpus_per_node: 2
            tcp_iface: bond0
            nodes: [10.0.0.1, {host: 10.0.0.2, name: plain-node-with-a-long-name}]
            """
    )
    return plan.renamed([NodeRank(0): "計算ノード一号"])
}

extension LaunchPlan {
    /// The same plan with other names for its nodes.
    func renamed(_ names: [NodeRank: String]) -> LaunchPlan {
        LaunchPlan(
            name: name,
            replica: replica,
            replicas: replicas,
            engine: engine,
            version: version,
            model: model,
            master: master,
            rendezvous: rendezvous,
            http: http,
            endpoint: endpoint,
            units: units.map { unit in names[unit.nodeRank].map { unit.renamed($0) } ?? unit },
            spares: spares,
            secrets: secrets,
            health: health,
            restart: restart,
            hash: hash,
            knowledge: knowledge
        )
    }
}

extension UnitPlan {
    fileprivate func renamed(_ name: String) -> UnitPlan {
        UnitPlan(
            nodeRank: nodeRank,
            node: PlannedNode(
                name: name,
                host: node.host,
                address: node.address,
                tcpInterface: node.tcpInterface,
                stateDirectory: node.stateDirectory,
                ssh: node.ssh
            ),
            arguments: arguments,
            environment: environment,
            ranks: ranks,
            render: render,
            teardown: teardown,
            ports: ports,
            runtime: runtime
        )
    }
}

extension LaunchPlan {
    /// A unit's record with all of its workers, as a node prints them.
    func records(_ rank: Int, _ state: String = "running", hash: String? = nil, workers: Int? = nil) -> [String] {
        let unit = units[rank]
        let head =
            "unit \(name) 3 \(rank) \(state) tok \(hash ?? unit.render.hash.hex) \(4000 + rank) 77 1764000000 1024"
        let titles = unit.ranks.prefix(workers ?? unit.ranks.count).map { worker in
            "proc \(name) 3 \(rank) \(5000 + worker.global.value) 1 88 sglang::scheduler_TP\(worker.tensor)"
        }
        return [head] + titles
    }

    func report(
        _ nodes: [Int: [String]],
        api: Result<Void, ProbeProblem>?,
        _ progress: GangProgress? = nil
    ) throws -> StatusReport {
        var results: [NodeRank: Result<NodeStatus, RuntimeError>] = [:]
        for unit in units {
            let records = nodes[unit.nodeRank.value]
            results[unit.nodeRank] =
                if let records { .success(try status(records)) } else {
                    .failure(
                        RuntimeError(
                            .connectionTimedOut,
                            "no answer within 15s",
                            node: unit.node.name,
                            hint: "try again"
                        )
                    )
                }
        }
        let observed = ObservedDeployment(plan: self, nodes: results)
        return StatusReport(observed: observed, progress: progress ?? GangProgress(self), api: api)
    }

    /// A gang in which the first `count` ranks have said a line.
    func progress(_ line: String, ranks count: Int) throws -> GangProgress {
        var progress = GangProgress(self)
        for (rank, unit) in ranks.prefix(count) {
            let text = "[2026-01-01 10:00:00 TP\(rank.tensor)] \(line)"
            _ = progress.take(try #require(knowledge.signal(in: text[...])), from: unit.nodeRank)
        }
        return progress
    }
}
