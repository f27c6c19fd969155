import MusterSSH
import MusterSpec

/// The open watch channel of one node: commands go in, events come out.
package struct NodeWatch: Sendable {
    private let channel: any NodeChannel
    private let nonce: String
    private let node: String

    init(channel: any NodeChannel, nonce: String, node: String) {
        self.channel = channel
        self.nonce = nonce
        self.node = node
    }

    /// A reader of this watch's events; there is one per watch.
    package func reader() -> Reader { Reader(channel: channel, parser: WatchParser(nonce: nonce), node: node) }

    /// Follows a unit. With a `backlog`, in bytes, a log that grows faster than it can be read is read from its end.
    package func follow(_ key: UnitKey, from offset: Int, backlog: Int?) async throws(RuntimeError) {
        let limit = backlog.map { " \($0)" } ?? ""
        try await send("follow \(key.generation) \(key.nodeRank) \(offset)\(limit)\n")
    }

    /// Has the end of single processes of a unit told, in place of those named before.
    package func watch(_ processes: [ProcessRecord], of key: UnitKey) async throws(RuntimeError) {
        let names = processes.map { " \($0.pid):\($0.startTicks)" }.joined()
        try await send("guard \(key.generation) \(key.nodeRank)\(names)\n")
    }

    /// Says that this end is alive; the node ends a watch that has heard nothing for 15 s.
    package func beat() async throws(RuntimeError) { try await send("beat\n") }

    /// Releases the lock and ends the channel.
    package func quit() async {
        // The channel may be gone already, which releases the lock as well.
        try? await send("quit\n")
        try? await channel.finishInput()
    }

    package func close() async { await channel.close() }

    private func send(_ text: String) async throws(RuntimeError) {
        do throws(SSHError) {
            try await channel.write(Array(text.utf8))
        } catch {
            throw RuntimeError(error, node: node)
        }
    }

    /// Reads events until the channel ends.
    package struct Reader {
        private let channel: any NodeChannel
        private var parser: WatchParser
        private let node: String

        init(channel: any NodeChannel, parser: WatchParser, node: String) {
            self.channel = channel
            self.parser = parser
            self.node = node
        }

        /// True when the node had no script and the watch must be opened again after pushing it.
        package var needsScript: Bool { parser.needsScript }

        /// The next events; nothing at the end of the channel.
        package mutating func next() async throws(RuntimeError) -> [WatchEvent]? {
            while true {
                let bytes: [UInt8]?
                do throws(SSHError) {
                    bytes = try await channel.read()
                } catch {
                    throw RuntimeError(error, node: node)
                }
                guard let bytes else { return nil }
                let events = parser.feed(bytes)
                if !events.isEmpty { return events }
            }
        }
    }
}
