import MusterRuntime
import MusterSpec

/// A node as the node script shows it: run directories, a lock, watch channels. Pure; what it says to its watches
/// gathers in `said`.
struct SimulatedNode: Sendable {
    /// Whether the network lets anything through.
    enum Contact: Sendable {
        case open
        /// Nothing arrives, and nobody is told.
        case silent
        /// Connections break, and new ones are refused.
        case cut
    }

    let deployment: String
    var contact = Contact.open
    var boot: String
    var hasScript = false
    var highest = 0
    var units: [UnitKey: SimulatedUnit] = [:]
    var watches: [Int: SimulatedWatch] = [:]
    /// Which watch holds the lock.
    var holder: Int?
    var said: [(watch: Int, bytes: [UInt8])] = []
    /// Units that were started since somebody asked.
    var begun: [UnitKey] = []
    /// The records of `traffic`; without them it counts nothing.
    var sent: [String] = []
    /// What the kernel has said.
    var kernelLog: [String] = []
    /// Whether it keeps that from the user.
    var closesKernel = false
    private var nextPid = 4000

    init(deployment: String, boot: String) {
        self.deployment = deployment
        self.boot = boot
    }

    var owner: String? { holder.flatMap { watches[$0]?.owner } }

    mutating func spawn(under parent: Int, _ title: String) -> SimulatedUnit.Process {
        nextPid += 1
        return SimulatedUnit.Process(pid: nextPid, start: 100 + nextPid, parent: parent, title: title)
    }

    // MARK: What happens to it

    /// Something of a unit ends; who watches is told, as the node script tells it.
    mutating func kill(_ key: UnitKey, _ process: SimulatedUnit.Process) {
        guard var unit = units[key], unit.isRunning else { return }
        guard process == unit.launcher else {
            unit.workers.removeAll { $0 == process }
            units[key] = unit
            return vanish([process], of: key)
        }
        end(key, .ended(status: 137))
    }

    mutating func end(_ key: UnitKey, _ state: SimulatedUnit.State) {
        guard let unit = units[key], unit.isRunning else { return }
        units[key]?.end(state)
        vanish(unit.processes, of: key)
        for id in watches.keys.sorted() { look(at: key, for: id) }
    }

    /// Nothing that ran survives, and nobody is told.
    mutating func losePower() {
        for key in units.keys where units[key]?.isRunning ?? false { units[key]?.end(.lost) }
        boot += "'"
        watches = [:]
        holder = nil
    }

    private mutating func vanish(_ processes: [SimulatedUnit.Process], of key: UnitKey) {
        for id in watches.keys.sorted() {
            for process in processes where watches[id]?.guarded[key]?.contains(process.name) ?? false {
                watches[id]?.guarded[key]?.remove(process.name)
                say("vanished \(key.generation) \(key.nodeRank) \(process.pid) \(process.start)", to: id)
            }
        }
    }

    mutating func say(_ record: String, to id: Int) { said.append((id, Array((record + "\n").utf8))) }
}
