import MusterEngines
import MusterPlan
import MusterSpec
import MusterTesting
import Testing

@testable import MusterRuntime

/// The plan of a cluster file that must be valid.
func plan(of text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> LaunchPlan {
    let checked = CheckedFile(ClusterFile(bytes: Array(text.utf8), name: "cluster.yaml"))
    let problems = checked.diagnostics.map { "\($0.code) \($0.message) \($0.found ?? "")" }
    return try #require(checked.plans.first, "\(problems)", sourceLocation: sourceLocation)
}

/// The plan of one of the example files.
func example(_ name: String) throws -> LaunchPlan { try plan(of: try Repository.config(name)) }

/// Two vLLM nodes of eight GPUs.
func twoNodes() throws -> LaunchPlan { try example("vllm-2x8-tp16") }

/// The bytes of a whole answer.
func answer(_ records: [String], end: String = "end ok", nonce: String = "n1") -> [UInt8] {
    Array((["muster/1 \(nonce)"] + records + [end]).map { $0 + "\n" }.joined().utf8)
}

/// What a node says about a deployment, from the records of its answer.
func status(_ records: [String], sourceLocation: SourceLocation = #_sourceLocation) throws -> NodeStatus {
    let reply = try #require(NodeReply(output: answer(records), nonce: "n1"), sourceLocation: sourceLocation)
    return NodeStatus(reply)
}

/// A unit's record as the node prints it; the hash is the plan's unless another is given.
func record(_ plan: LaunchPlan, _ rank: Int, _ state: String, generation: Int = 3, hash: String? = nil) -> String {
    let hash = hash ?? plan.unit(NodeRank(rank))?.render.hash.hex ?? "0"
    return "unit \(plan.name) \(generation) \(rank) \(state) token\(rank) \(hash) \(4000 + rank) 77 1764000000 1024"
}

/// A process of a unit as the node prints it.
func process(_ plan: LaunchPlan, _ rank: Int, pid: Int, _ title: String, generation: Int = 3) -> String {
    "proc \(plan.name) \(generation) \(rank) \(pid) 1 88 \(title)"
}

/// What nodes say, by node rank; a node that is not named could not be asked.
func observed(_ plan: LaunchPlan, _ nodes: [Int: [String]]) throws -> ObservedDeployment {
    var results: [NodeRank: Result<NodeStatus, RuntimeError>] = [:]
    for unit in plan.units {
        if let records = nodes[unit.nodeRank.value] {
            results[unit.nodeRank] = .success(try status(records))
        } else {
            results[unit.nodeRank] = .failure(RuntimeError(.connectionTimedOut, "no answer", node: unit.node.name))
        }
    }
    return ObservedDeployment(plan: plan, nodes: results)
}
