/// Counts the session channels of one connection and keeps the streams that wait for one, first come first served.
final class SessionSlots {
    // OpenSSH's default MaxSessions is 10, and libssh2 answers one open too many with a failure of that open only; one
    // below it leaves room for a channel that the server has not yet forgotten.
    private static let most = 9
    private(set) var limit = SessionSlots.most
    private(set) var inUse = 0
    private var queue: [ChannelStream] = []
    private var lastTurn = 0

    func enqueue(_ stream: ChannelStream) {
        lastTurn += 1
        stream.turn = lastTurn
        queue.append(stream)
    }

    /// Takes a slot for the next stream, if there are both.
    func next() -> ChannelStream? {
        guard inUse < limit, !queue.isEmpty else { return nil }
        let stream = queue.removeFirst()
        stream.companions = inUse
        inUse += 1
        return stream
    }

    /// Gives a slot back.
    func release() { inUse -= 1 }

    /// The server refused `stream`, which holds a slot: true if that only shows that its limit is lower than ours, and
    /// the stream waits again, in its old turn.
    ///
    /// What counts is how many channels were open when it was asked: they may all have ended since.
    func learnLimit(refusing stream: ChannelStream) -> Bool {
        inUse -= 1
        guard stream.companions > 0 else { return false }
        limit = min(limit, stream.companions)
        queue.insert(stream, at: queue.firstIndex { $0.turn > stream.turn } ?? queue.endIndex)
        return true
    }

    /// Tries one channel more: a refusal may have come from a server that had not yet forgotten a channel of ours, and a
    /// limit learned from it would keep streams waiting behind a channel that never ends.
    func raiseLimit() { limit = min(limit + 1, Self.most) }

    /// Forgets a stream that waits; false if it does not.
    func withdraw(_ stream: ChannelStream) -> Bool {
        guard let index = queue.firstIndex(where: { $0 === stream }) else { return false }
        queue.remove(at: index)
        return true
    }

    /// The connection ended.
    func fail(_ error: SSHError) {
        let waiting = queue
        queue = []
        for stream in waiting { stream.fail(error) }
    }
}
