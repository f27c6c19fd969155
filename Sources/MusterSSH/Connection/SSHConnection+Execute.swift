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
    public nonisolated func execute(
        _ command: String,
        stdin: [UInt8] = [],
        outputLimit: Int = 4 << 20,
        deadline: Duration
    ) async throws(SSHError) -> SSHExecResult {
        let id = makeID()
        return try await outcome { connection, done in
            let (output, errors) = (
                OutputBuffer(capacity: outputLimit, .truncate), OutputBuffer(capacity: outputLimit, .truncate)
            )
            connection.start(.command(command), id, output, errors, deadline, failed: done) { stream in
                stream.input.append(stdin, done: nil)
                stream.input.finish()
                stream.callers.whenEnded(id) { exit in
                    connection.streams[id] = nil
                    done(exit.map { stream.collected($0) })
                }
            }
        } onCancel: {
            $0.abortStream(id)
        }
    }

    /// Starts a command and returns while it runs.
    ///
    /// - Throws: What `execute` throws before the command runs.
    public nonisolated func open(_ command: String) async throws(SSHError) -> SSHChannel {
        try await openChannel(.command(command))
    }

    /// Has the server connect to a TCP port, and returns the channel to it.
    ///
    /// - Throws: `.forwardRefused` if the server did not connect.
    public nonisolated func directTCP(host: String, port: Int) async throws(SSHError) -> SSHChannel {
        try await openChannel(.direct(host: host, port: port))
    }

    private nonisolated func openChannel(_ kind: ChannelStream.Kind) async throws(SSHError) -> SSHChannel {
        let errors = OutputBuffer(capacity: 8 << 10, .tail)
        return SSHChannel(self, id: try await opened(kind, errors: errors, deadline: nil))
    }

    /// Opens a channel and waits until it is open; it is then found in `streams` under the returned number.
    nonisolated func opened(
        _ kind: ChannelStream.Kind,
        errors: OutputBuffer,
        deadline: Duration?
    ) async throws(SSHError) -> Int {
        let id = makeID()
        return try await outcome { connection, done in
            let output = OutputBuffer(capacity: 256 << 10, .backPressure)
            connection.start(kind, id, output, errors, deadline, failed: done) { stream in
                stream.callers.whenOpen { opened in
                    connection.loop.cancel(stream.timer)
                    if case .failure = opened { connection.streams[id] = nil }
                    done(opened.map { id })
                }
            }
        } onCancel: {
            $0.abortStream(id)
        }
    }

    /// Makes a stream, lets `prepare` add to it, and opens it.
    private func start<Value>(
        _ kind: ChannelStream.Kind,
        _ id: Int,
        _ output: OutputBuffer,
        _ errors: OutputBuffer,
        _ deadline: Duration?,
        failed: (Result<Value, SSHError>) -> Void,
        prepare: (ChannelStream) -> Void
    ) {
        let pump: Pump
        do throws(SSHError) { pump = try live() } catch { return failed(.failure(error)) }
        let stream = ChannelStream(kind, on: pump, output: output, errors: errors)
        let alias = target.alias
        stream.timer = deadline.map { deadline in
            loop.schedule(after: deadline) { [weak stream] in
                guard let stream else { return }
                let text = "not finished within \(deadline.formattedSeconds) s: \(stream.purpose)"
                stream.abort(SSHError(.timedOut, text, target: alias))
            }
        }
        streams[id] = stream
        prepare(stream)
        pump.open(stream)
    }

    func abortStream(_ id: Int) {
        guard let stream = streams[id] else { return }
        stream.abort(cancelled(stream.purpose))
    }

    /// The `SSHChannel` of a stream is gone.
    func dropStream(_ id: Int) {
        streams.removeValue(forKey: id)?.abort(channelClosed)
    }
}
