/// A running command, or a TCP connection made by the server.
///
/// Output is read ahead up to 256 KiB; then the command blocks until somebody reads. The channel is closed by
/// `close()` or when the last reference to it is gone.
public final class SSHChannel: Sendable {
    /// The connection it runs on.
    public let connection: SSHConnection
    private let id: Int

    init(_ connection: SSHConnection, id: Int) {
        self.connection = connection
        self.id = id
    }

    deinit {
        connection.later { [id] in $0.dropStream(id) }
    }

    /// All output that has arrived, or the next that does; `nil` after the last byte.
    ///
    /// Cancelling the task ends the wait only; the channel goes on.
    ///
    /// - Throws: `.connectionLost` if the connection ended before the output did, or `.cancelled`.
    public func read() async throws(SSHError) -> [UInt8]? {
        try await connection.read(id)
    }

    /// The last 8 KiB of standard error so far.
    public func standardError() async -> [UInt8] {
        await connection.standardError(id)
    }

    /// Sends bytes to standard input; returns when the last of them was given to the connection.
    ///
    /// Cancelling the task closes the channel, because part of the bytes may be sent.
    public func write(_ bytes: [UInt8]) async throws(SSHError) {
        try await connection.write(bytes, to: id)
    }

    /// Ends standard input, after what was written so far.
    public func finishInput() async throws(SSHError) {
        try await connection.finishInput(id)
    }

    /// Waits for the command's end. Output that nobody reads holds it up.
    ///
    /// - Throws: `.connectionLost` if the server did not close the channel properly, or `.cancelled`.
    public func exit() async throws(SSHError) -> SSHExecResult.Exit {
        try await connection.exit(id)
    }

    /// Closes the channel at once; waiting readers and writers fail.
    public func close() async {
        await connection.dropStream(id)
    }
}

/// What an `SSHChannel` asks of its connection.
extension SSHConnection {
    nonisolated func read(_ id: Int) async throws(SSHError) -> [UInt8]? {
        let wait = makeID()
        return try await outcome { connection, done in
            guard let stream = connection.stream(id, orFail: done) else { return }
            stream.callers.read(wait, done)
            let wasFull = !stream.output.hasRoom
            stream.notify()
            // Room again: what libssh2 holds for this channel, or the socket, will not announce itself.
            if wasFull { stream.pump.run() }
        } onCancel: {
            $0.streams[id]?.callers.cancel(wait, $0.cancelled("reading from a channel"))
        }
    }

    func standardError(_ id: Int) -> [UInt8] { streams[id]?.errors.bytes ?? [] }

    nonisolated func write(_ bytes: [UInt8], to id: Int) async throws(SSHError) {
        let _: Void = try await outcome { connection, done in
            guard let stream = connection.stream(id, orFail: done) else { return }
            stream.input.append(bytes, done: done)
            stream.pump.run()
        } onCancel: {
            $0.abortStream(id)
        }
    }

    func finishInput(_ id: Int) throws(SSHError) {
        guard let stream = streams[id] else { throw channelClosed }
        stream.input.finish()
        stream.pump.run()
    }

    nonisolated func exit(_ id: Int) async throws(SSHError) -> SSHExecResult.Exit {
        let wait = makeID()
        return try await outcome { connection, done in
            guard let stream = connection.stream(id, orFail: done) else { return }
            if let result = stream.result { return done(result) }
            stream.callers.whenEnded(wait, done)
        } onCancel: {
            $0.streams[id]?.callers.cancel(wait, $0.cancelled("waiting for a command's end"))
        }
    }

    private func stream<Value>(_ id: Int, orFail fail: (Result<Value, SSHError>) -> Void) -> ChannelStream? {
        if let stream = streams[id] { return stream }
        fail(.failure(channelClosed))
        return nil
    }

    nonisolated var channelClosed: SSHError {
        SSHError(.connectionLost, "the channel was closed on this side", target: target.alias)
    }
}
