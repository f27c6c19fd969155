/// Commands and channels.
extension SSHConnection {
    /// Runs a command to its end.
    ///
    /// The command waits for a free channel if nine are open. Output beyond the limit is read and dropped. At the
    /// deadline, and when the task is cancelled, the channel is closed; the server tells the command nothing but the
    /// end of its pipes, so a command that ignores that goes on.
    ///
    /// - Parameters:
    ///   - command: For the account's login shell; see `ShellQuoting`.
    ///   - stdin: The command's whole input.
    ///   - outputLimit: Bytes kept of each of standard output and standard error.
    ///   - deadline: Time for everything, from waiting for a channel to the exit.
    /// - Returns: How the command ended, and its output; believed only after the server closed the channel.
    /// - Throws: `.timedOut`, `.cancelled`, `.connectionLost`, `.channelLimit` or `.protocolError`.
    public func execute(
        _ command: String,
        stdin: [UInt8] = [],
        outputLimit: Int = 4 << 20,
        deadline: Duration
    ) async throws(SSHError) -> SSHExecResult {
        let pump = try live()
        let stream = ChannelStream(
            .command(command), on: pump,
            output: OutputBuffer(capacity: outputLimit, .truncate),
            errors: OutputBuffer(capacity: outputLimit, .truncate)
        )
        stream.input.append(stdin, done: nil)
        stream.input.finish()
        let alias = target.alias
        let timer = loop.schedule(after: deadline) { [weak stream] in
            guard let stream else { return }
            let text = "not finished within \(deadline.formattedSeconds) s: \(stream.purpose)"
            stream.abort(SSHError(.timedOut, text, target: alias))
        }
        let id = makeID()
        streams[id] = stream
        defer {
            loop.cancel(timer)
            streams[id] = nil
        }
        let outcome: StreamCallers.Outcome = await cancellable { done in
            stream.callers.whenEnded(id, done)
            pump.open(stream)
        } onCancel: {
            $0.abortStream(id)
        }
        return SSHExecResult(
            exit: try outcome.get(),
            stdout: stream.output.take(),
            stderr: stream.errors.take(),
            stdoutTruncated: stream.output.truncated,
            stderrTruncated: stream.errors.truncated
        )
    }

    /// Starts a command and returns while it runs.
    public func open(_ command: String) async throws(SSHError) -> SSHChannel {
        try await openChannel(.command(command))
    }

    /// Has the server connect to a TCP port, and returns the channel to it.
    ///
    /// - Throws: `.forwardRefused` if the server did not connect.
    public func directTCP(host: String, port: Int) async throws(SSHError) -> SSHChannel {
        try await openChannel(.direct(host: host, port: port))
    }

    private func openChannel(_ kind: ChannelStream.Kind) async throws(SSHError) -> SSHChannel {
        let pump = try live()
        let stream = ChannelStream(
            kind, on: pump,
            output: OutputBuffer(capacity: 256 << 10, .backPressure),
            errors: OutputBuffer(capacity: 8 << 10, .tail)
        )
        return SSHChannel(self, id: try await opened(stream, on: pump, deadline: nil))
    }

    /// Opens `stream` and waits until it is open.
    func opened(_ stream: ChannelStream, on pump: Pump, deadline: Duration?) async throws(SSHError) -> Int {
        let id = makeID()
        streams[id] = stream
        let alias = target.alias
        let timer = deadline.map { deadline in
            loop.schedule(after: deadline) { [weak stream] in
                guard let stream else { return }
                let text = "not finished within \(deadline.formattedSeconds) s: \(stream.purpose)"
                stream.abort(SSHError(.timedOut, text, target: alias))
            }
        }
        defer { loop.cancel(timer) }
        let outcome: Result<Void, SSHError> = await cancellable { done in
            stream.callers.whenOpen(done)
            pump.open(stream)
        } onCancel: {
            $0.abortStream(id)
        }
        if case .failure(let error) = outcome {
            streams[id] = nil
            throw error
        }
        return id
    }

    func abortStream(_ id: Int) {
        guard let stream = streams[id] else { return }
        stream.abort(cancelled(stream.purpose))
    }

    /// The `SSHChannel` of a stream is gone.
    func dropStream(_ id: Int) {
        let closed = SSHError(.connectionLost, "the channel was closed on this side", target: target.alias)
        streams.removeValue(forKey: id)?.abort(closed)
    }
}
