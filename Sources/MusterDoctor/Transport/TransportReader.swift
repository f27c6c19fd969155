/// Reads which way the ranks of a gang talk from the lines of their logs, as these come.
///
/// It is made to be given every line of every rank: one that is not NCCL's costs a search for one word.
package struct TransportReader: Sendable {
    /// A process as NCCL names it: `gpu-1:4711 [3]`.
    struct Process: Hashable, Sendable {
        let host: String
        let title: String
    }

    /// No node has more ranks; a log that says so is not one of ours to remember.
    private static let mostProcesses = 256

    /// By the node whose log a line stood in.
    private(set) var processes: [String: [Process: NCCLLogReader]] = [:]

    package init() {}

    /// Whether NCCL said anything at all.
    package var isEmpty: Bool { processes.isEmpty }

    /// Takes one line of a log.
    package mutating func take(line: String, node: String) {
        guard Cut.contains(line, Self.mark), let (head, _) = Cut.around(Self.mark, in: line) else { return }
        let process = Self.process(head)
        let isKnown = processes[node]?[process] != nil
        guard isKnown || (processes[node]?.count ?? 0) < Self.mostProcesses else { return }
        processes[node, default: [:]][process, default: NCCLLogReader()].take(line)
    }

    /// Adds what another reader has heard of other nodes.
    package mutating func add(_ other: TransportReader) { processes.merge(other.processes) { own, _ in own } }

    /// Forgets a node's ranks, which begin anew.
    package mutating func forget(node: String) { processes[node] = nil }

    private static let mark = "NCCL INFO"

    /// `(RayWorker pid=9) node-a:4711:4720 [3] `: host, process, thread and GPU. Other formats of the head give one
    /// process for each text.
    private static func process(_ head: String) -> Process {
        let words = Cut.words(head)
        guard let gpu = words.last, words.count > 1 else { return Process(host: "", title: Cut.short(head)) }
        let parts = Cut.split(words[words.count - 2], UInt8(ascii: ":"))
        guard parts.count == 3 else { return Process(host: "", title: Cut.short(gpu)) }
        return Process(host: parts[0], title: "\(parts[0]):\(parts[1]) \(gpu)")
    }
}
