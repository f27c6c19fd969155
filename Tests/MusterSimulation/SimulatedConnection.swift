package import MusterRuntime
package import MusterSSH
import Synchronization

/// A way to a simulated node: what comes is the command line that an `sshd` would hand to a shell.
package final class SimulatedConnection: NodeConnection {
    private let cluster: SimulatedCluster
    private let node: String
    private let channels = Mutex<[Int: SimulatedChannel]>([:])

    init(_ cluster: SimulatedCluster, node: String) {
        self.cluster = cluster
        self.node = node
    }

    package func execute(
        _ command: String,
        stdin: [UInt8],
        outputLimit: Int,
        deadline: Duration
    ) async throws(SSHError) -> SSHExecResult {
        let call = NodeCall(command)
        await cluster.hear(call, on: node)
        try await reach(deadline)
        return SSHExecResult(exit: .status(0), stdout: cluster.answer(call, on: node, stdin: stdin), stderr: [])
    }

    package func start(_ command: String) async throws(SSHError) -> any NodeChannel {
        let call = NodeCall(command)
        await cluster.hear(call, on: node)
        try await reach(.seconds(20))
        return keep { cluster.watch(call, on: node, $0, over: self) }
    }

    package func connect(host: String, port: Int) async throws(SSHError) -> any NodeChannel {
        try await reach(.seconds(20))
        guard cluster.listens(node) else {
            throw SSHError(.forwardRefused, "nothing listens on port \(port)", target: node)
        }
        let request = Mutex<[UInt8]>([])
        return keep { id in
            SimulatedChannel(node) { [cluster, node, weak self] bytes in
                let whole = request.withLock { request in
                    request += bytes
                    return request
                }
                guard let response = cluster.respond(whole, on: node) else { return }
                self?.channels.withLock { $0[id] }?.push(response)
                self?.channels.withLock { $0[id] }?.end()
            } left: { [weak self] in
                self?.forget(id)
            }
        }
    }

    package func push(_ bytes: [UInt8], to path: String, mode: UInt16, deadline: Duration) async throws(SSHError) {
        try await reach(deadline)
        cluster.takeScript(on: node)
    }

    package func close() async {
        let open = channels.withLock { channels in
            defer { channels = [:] }
            return channels
        }
        for channel in open.values { await channel.close() }
        cluster.forget(self, on: node)
    }

    /// Every channel breaks.
    func fail() {
        let error = SSHError(.connectionLost, "the connection was reset", target: node)
        for channel in channels.withLock({ $0 }).values { channel.end(error) }
    }

    func forget(_ id: Int) { channels.withLock { $0[id] = nil } }

    private func keep(_ make: (Int) -> SimulatedChannel) -> SimulatedChannel {
        let id = cluster.nextNumber()
        let channel = make(id)
        channels.withLock { $0[id] = channel }
        return channel
    }

    /// Goes on only when the network lets something through.
    private func reach(_ deadline: Duration) async throws(SSHError) {
        switch cluster.contact(node) {
        case .open: return
        case .cut: throw SSHError(.connectionLost, "the connection was reset", target: node)
        case .silent:
            // What it ends in is the deadline's error also when the wait is cut short.
            try? await Task.sleep(for: deadline)
            throw SSHError(.timedOut, "no answer within \(deadline)", target: node)
        }
    }
}

/// A call of the node script, read from its command line.
package struct NodeCall: Hashable, Sendable {
    package let nonce: String
    package let verb: String
    package let words: [String]

    init(_ command: String) {
        // `exec sh -c BOOTSTRAP muster-node SCRIPT NONCE VERB WORDS...`
        let all = Self.split(command).drop { $0 != "muster-node" }.dropFirst(2)
        nonce = all.first ?? "-"
        verb = all.dropFirst().first ?? ""
        words = Array(all.dropFirst(2))
    }

    /// Undoes the quoting of `ShellQuoting`: words in single quotes or without any.
    private static func split(_ command: String) -> [String] {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        var isEscaped = false
        for character in command {
            switch character {
            case _ where isEscaped:
                word = (word ?? "") + [character]
                isEscaped = false
            case "'":
                isQuoted.toggle()
                word = word ?? ""
            case "\\" where !isQuoted: isEscaped = true
            case " " where !isQuoted:
                if let word { words.append(word) }
                word = nil
            default: word = (word ?? "") + [character]
            }
        }
        return words + (word.map { [$0] } ?? [])
    }
}
