package import MusterDoctor
package import MusterEngines
package import MusterPlan
package import MusterSpec
package import MusterSupervision

/// The verbs of the node script, typed.
extension NodeLink {
    /// Long enough for a loaded node to walk its processes, short enough for a person to wait.
    private static let quick = Duration.seconds(20)

    /// What the node knows about a deployment; a node that has never heard of it knows nothing, which is no error.
    package func status(of deployment: DeploymentName) async throws(RuntimeError) -> NodeStatus {
        let reply = try await call(["status", deployment.value], deadline: Self.quick)
        switch reply.end {
        case .ok: return NodeStatus(reply)
        case .refused(reason: "missing", _): return NodeStatus()
        default: throw RuntimeError(reply.end, doing: "read the status", node: node.name)
        }
    }

    /// How staging went.
    package enum Staging: Hashable, Sendable {
        case staged
        /// The node has seen a later generation than was offered.
        case stale(highest: Int)
    }

    /// Writes the run directories of units, whole or not at all.
    package func stage(
        _ units: [StagedUnit],
        of deployment: DeploymentName,
        generation: Int,
        owner: String
    )
        async throws(RuntimeError) -> Staging
    {
        let words = ["stage", deployment.value, String(generation), owner]
        let reply = try await call(words, stdin: StagedUnit.frames(units), deadline: .seconds(60))
        switch reply.end {
        case .ok: return .staged
        case .refused(reason: "stale-generation", let text):
            guard let highest = Int(text.split(separator: " ").last ?? "") else { fallthrough }
            return .stale(highest: highest)
        default: throw RuntimeError(reply.end, doing: "write the launch script", node: node.name)
        }
    }

    /// Launches a staged unit; returns when its identity is on the node's disk.
    package func start(
        _ unit: NodeRank,
        of deployment: DeploymentName,
        generation: Int,
        owner: String
    )
        async throws(RuntimeError)
    {
        let words = ["start", deployment.value, String(generation), unit.description, owner]
        let reply = try await call(words, deadline: Self.quick)
        guard reply.end == .ok else { throw RuntimeError(reply.end, doing: "start the unit", node: node.name) }
    }

    /// What a stop left behind, in the script's words; empty when everything is gone.
    package struct StopReport: Hashable, Sendable {
        /// Processes, ports and GPU memory that are still there.
        package var leftovers: [String]
        /// How many units had something to stop.
        package var stopped: Int
    }

    /// Takes units down, as the teardown and ports of a unit say, and observes that they are gone. The selection is
    /// `GENERATION:NODE_RANK` words, or `all` for everything of the deployment on the node; other steps may be given in
    /// place of the unit's own.
    package func stop(
        _ unit: UnitPlan,
        of deployment: DeploymentName,
        owner: String?,
        selection: [String] = ["all"],
        teardown: [TeardownStep]? = nil
    )
        async throws(RuntimeError) -> StopReport
    {
        let teardown = teardown ?? unit.teardown
        let steps = teardown.map(\.text).joined(separator: ",")
        let ports = unit.ports.isEmpty ? "-" : unit.ports.map(\.description).joined(separator: ",")
        let words = ["stop", deployment.value, owner ?? "-", steps, ports] + selection
        // The graces of the steps, then the node's own bounds for processes (10 s) and GPU memory (30 s).
        let grace = teardown.reduce(0) { $0 + $1.grace }
        let reply = try await call(words, deadline: .seconds(grace + 60))
        switch reply.end {
        case .ok, .failed(reason: "leftovers", _):
            return StopReport(
                leftovers: reply.records.compactMap(Self.leftover),
                stopped: Set(reply.records.filter { $0.word == "gone" }.compactMap { $0.fields(2) }).count
            )
        case .refused(reason: "missing", _): return StopReport(leftovers: [], stopped: 0)
        default: throw RuntimeError(reply.end, doing: "stop the units", node: node.name)
        }
    }

    private static func leftover(_ record: NodeReply.Record) -> String? {
        switch record.word {
        case "left": record.fields(5).map { "process \($0[2]) (\($0[4]))" }
        case "port": record.fields(1).map { "port \($0[0]) still listens" }
        case "gpu": record.fields(2).map { "process \($0[0]) holds \($0[1]) MiB of GPU memory" }
        default: nil
        }
    }

    /// What the node's GPUs hold and for whom.
    package func memory(for deployment: DeploymentName) async throws(RuntimeError) -> MemoryReading {
        let reply = try await call(["gpus", deployment.value], deadline: .seconds(30))
        guard reply.end == .ok else {
            throw RuntimeError(reply.end, doing: "measure GPU memory", node: node.name)
        }
        var used: [Int] = []
        var total: [Int] = []
        var holders: [MemoryReading.Holder] = []
        for record in reply.records {
            switch record.word {
            case "none": return .unmeasured("there is no `nvidia-smi`")
            case "gpu":
                guard let fields = record.fields(4), let held = Int(fields[1]), let all = Int(fields[2]) else {
                    return .unmeasured("the driver does not tell")
                }
                used.append(held)
                total.append(all)
            case "app":
                guard let fields = record.fields(5), let pid = Int(fields[0]) else { continue }
                holders.append(
                    MemoryReading.Holder(
                        pid: pid,
                        mebibytes: Int(fields[1]),
                        isOurs: fields[3] != "-",
                        title: String(fields[4].prefix(80))
                    )
                )
            default: continue
            }
        }
        return .gpus(used: used, total: total, holders: holders)
    }

    /// What the node had sent when a unit was launched, and what it has sent by now; nothing for a unit that a former
    /// release launched.
    package func traffic(
        since key: UnitKey,
        in deployment: DeploymentName
    )
        async throws(RuntimeError) -> (before: TrafficCounters, after: TrafficCounters)?
    {
        let words = ["traffic", deployment.value, String(key.generation), key.nodeRank.description]
        let reply = try await call(words, deadline: Self.quick)
        switch reply.end {
        case .refused(reason: "missing", _): return nil
        case .ok: break
        default: throw RuntimeError(reply.end, doing: "read the counters", node: node.name)
        }
        var (before, after) = (TrafficCounters(), TrafficCounters())
        for record in reply.records {
            guard let fields = record.fields(3), let count = UInt64(fields[2]) else { continue }
            switch (record.word, fields[0]) {
            case ("launch", "port"): before.ports[String(fields[1])] = count
            case ("launch", "interface"): before.interfaces[String(fields[1])] = count
            case ("now", "port"): after.ports[String(fields[1])] = count
            case ("now", "interface"): after.interfaces[String(fields[1])] = count
            default: continue
            }
        }
        return (before, after)
    }

    /// A piece of a file of a run directory.
    package struct Piece: Sendable {
        package var offset: Int
        package var bytes: [UInt8]
        /// The size of the file when it was read.
        package var total: Int
    }

    /// Reads from a file of a unit's run directory; nothing when there is no such file. The offset is in bytes, and
    /// negative counts from the end.
    package func read(
        _ file: String,
        of key: UnitKey,
        in deployment: DeploymentName,
        offset: Int,
        limit: Int
    )
        async throws(RuntimeError) -> Piece?
    {
        let words = [
            "read", deployment.value, String(key.generation), key.nodeRank.description, file, String(offset),
            String(limit),
        ]
        let reply = try await call(words, deadline: .seconds(60))
        switch reply.end {
        case .refused(reason: "missing", _): return nil
        case .ok: break
        default: throw RuntimeError(reply.end, doing: "read `\(file)`", node: node.name)
        }
        guard let fields = reply.records.first(where: { $0.word == "data" })?.fields(3), let start = Int(fields[0]),
            let total = Int(fields[2])
        else { return nil }
        return Piece(offset: start, bytes: reply.data, total: total)
    }
}
