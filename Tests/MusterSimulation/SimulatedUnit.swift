import MusterRuntime
import MusterSpec

/// One run directory of a simulated node, and what runs from it.
struct SimulatedUnit: Sendable {
    enum State: Hashable, Sendable {
        /// Written, and not started. Exits: `running`.
        case staged
        /// Exits: `ended` when its launcher ends; `lost` when the node loses power.
        case running
        case ended(status: Int)
        /// Nothing of it is left, and there is no exit record.
        case lost
    }

    struct Process: Hashable, Sendable {
        var pid: Int
        var start: Int
        var parent: Int
        var title: String

        /// As commands and records name it.
        var name: String { "\(pid):\(start)" }
    }

    let key: UnitKey
    let token: String
    let hash: String
    /// By name, `launch.sh` and perhaps `env`.
    let files: [String: [UInt8]]
    var state = State.staged
    var wasStopped = false
    var launcher: Process?
    var workers: [Process] = []
    var log = SimulatedLog()

    var processes: [Process] { (launcher.map { [$0] } ?? []) + workers }

    var isRunning: Bool { state == .running }

    mutating func end(_ state: State) {
        self.state = state
        workers = []
    }

    /// The records `status` has of it.
    func records(of deployment: String, epoch: Int) -> [String] {
        let place = "\(deployment) \(key.generation) \(key.nodeRank)"
        let word =
            switch state {
            case .staged: "staged"
            case .running: "running"
            case .ended: "exited"
            case .lost: "lost"
            }
        let (pid, start) = launcher.map { (String($0.pid), String($0.start)) } ?? ("-", "-")
        var records = ["unit \(place) \(word) \(token) \(hash) \(pid) \(start) \(epoch) \(log.size)"]
        if case .ended(let status) = state { records.append("exit \(place) \(status) \(epoch)") }
        if wasStopped { records.append("stopped \(place)") }
        guard isRunning else { return records }
        return records + processes.map { "proc \(place) \($0.pid) \($0.parent) \($0.start) \($0.title)" }
    }
}
