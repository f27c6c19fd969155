package import MusterSpec

/// What a node says about one unit it has a run directory of.
package struct UnitRecord: Hashable, Sendable {
    package enum State: String, Sendable {
        case staged, running, exited, lost, orphaned
    }

    package let generation: Int
    package let nodeRank: NodeRank
    package let state: State
    package let token: String
    package let renderHash: String
    package let pid: Int?
    /// Clock ticks since the node booted.
    package let startTicks: Int?
    /// Seconds since the epoch, by the node's clock.
    package let started: Int?
    /// Bytes.
    package let logSize: Int
    /// The shell's status and the node's time of the exit, once there is a record.
    package var exit: (status: Int, time: Int)? {
        exitStatus.flatMap { status in exitTime.map { (status: status, time: $0) } }
    }
    /// muster has stopped it, or begun to.
    package var wasStopped = false
    package var processes: [ProcessRecord] = []

    private var exitStatus: Int?
    private var exitTime: Int?

    /// Reads `unit DEPLOYMENT GENERATION NODE_RANK STATE TOKEN HASH PID START STARTED LOGSIZE`.
    init?(_ record: NodeReply.Record) {
        guard let fields = record.fields(10), let generation = Int(fields[1]), let rank = Int(fields[2]),
            let state = State(rawValue: String(fields[3]))
        else { return nil }
        self.generation = generation
        nodeRank = NodeRank(rank)
        self.state = state
        token = String(fields[4])
        renderHash = String(fields[5])
        pid = Int(fields[6])
        startTicks = Int(fields[7])
        started = Int(fields[8])
        logSize = Int(fields[9]) ?? 0
    }

    mutating func take(exit fields: [Substring]) {
        exitStatus = Int(fields[3])
        exitTime = Int(fields[4])
    }

    /// Whether processes of the unit may still be there.
    package var isAlive: Bool { state == .running || state == .orphaned }
}

/// One process of a unit.
package struct ProcessRecord: Hashable, Sendable {
    package let pid: Int
    package let parent: Int
    package let startTicks: Int
    package let title: String
}

/// What a node says about a deployment.
package struct NodeStatus: Sendable {
    /// By generation and node rank, newest generation first.
    package private(set) var units: [UnitRecord] = []
    /// Who holds the deployment's lock on the node.
    package private(set) var lockOwner: String?

    /// A node that knows nothing of the deployment.
    package init() {}

    init(_ reply: NodeReply) {
        for record in reply.records {
            switch record.word {
            case "unit": if let unit = UnitRecord(record) { units.append(unit) }
            case "lock": lockOwner = record.fields(2).map { String($0[1]) }
            case "stopped":
                guard let fields = record.fields(3), let index = index(fields) else { continue }
                units[index].wasStopped = true
            case "exit":
                guard let fields = record.fields(5), let index = index(fields) else { continue }
                units[index].take(exit: fields)
            case "proc":
                guard let fields = record.fields(7), let index = index(fields), let pid = Int(fields[3]),
                    let parent = Int(fields[4]), let start = Int(fields[5])
                else { continue }
                let process = ProcessRecord(pid: pid, parent: parent, startTicks: start, title: String(fields[6]))
                units[index].processes.append(process)
            default: continue
            }
        }
        units.sort { ($0.generation, $1.nodeRank) > ($1.generation, $0.nodeRank) }
    }

    private func index(_ fields: [Substring]) -> Int? {
        units.firstIndex { String($0.generation) == fields[1] && $0.nodeRank.description == fields[2] }
    }
}

extension UnitRecord {
    package static func == (left: UnitRecord, right: UnitRecord) -> Bool {
        left.generation == right.generation && left.nodeRank == right.nodeRank && left.token == right.token
            && left.state == right.state
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(generation)
        hasher.combine(nodeRank)
        hasher.combine(token)
    }
}
