import CLibSSH2

/// One channel from its opening to its freeing, as an operation of the pump.
///
/// ```
/// opening -> starting -> open -> closing -> freeing -> ended
///    |          |          |                   ^
///    +----------+----------+---> aborting -----+
/// ```
/// A direct-tcpip channel skips `starting`. `aborting` is entered when the caller gave up (deadline, cancellation,
/// close); it still waits for the peer's close, because until then the server counts the channel.
final class ChannelStream: PumpOperation {
    /// What to open.
    enum Kind {
        case command(String)
        case direct(host: String, port: Int)
    }

    enum Phase {
        case opening, starting, open, closing, aborting, freeing, ended
    }

    /// What a step of a phase came to.
    enum Step {
        case blocked, next, finished
        case broken(Int32)
    }

    let kind: Kind
    let pump: Pump
    var phase = Phase.opening
    var handle: ChannelHandle?
    var result: Result<SSHExecResult.Exit, SSHError>?
    /// Whether the peer sent the end of its output and all of it was read from libssh2.
    var outputEnded = false
    // The call that left a half-sent packet and must be the next one on this session.
    var resume: Call?

    var output: OutputBuffer
    var errors: OutputBuffer
    var input = InputQueue()
    let callers = StreamCallers()
    /// Place in the queue for a session channel.
    var turn = 0
    /// Session channels that were open when this one was asked for.
    var companions = 0
    /// The deadline, cancelled when the stream has its result.
    var timer: LoopTimers.Key?
    /// Called after output arrived, input drained or the stream ended; used by relays.
    var onProgress: (() -> Void)?

    init(_ kind: Kind, on pump: Pump, output: OutputBuffer, errors: OutputBuffer) {
        self.kind = kind
        self.pump = pump
        self.output = output
        self.errors = errors
    }

    var countsAsSession: Bool {
        if case .command = kind { true } else { false }
    }

    var purpose: String {
        switch (phase, kind) {
        case (.opening, .direct(let host, let port)): "waiting for the server to connect to `\(host):\(port)`"
        case (.opening, .command): "opening a channel"
        case (.starting, .command(let command)): "starting `\(command.shortened)`"
        case (.open, .command(let command)): "running `\(command.shortened)`"
        case (.open, .direct(let host, let port)): "forwarding to `\(host):\(port)`"
        default: "closing a channel"
        }
    }

    var family: OperationFamily? { phase == .opening ? .open : nil }

    var wantsSocket: Bool { phase != .open || resume != nil || output.hasRoom || !input.isEmpty }

    func advance(_ session: borrowing SessionHandle) -> OperationProgress {
        while true {
            switch step(session) {
            case .next: continue
            case .blocked:
                notify()
                return .blocked
            case .finished:
                notify()
                return .finished
            case .broken(let code): return .broken(code: code)
            }
        }
    }

    func fail(_ error: SSHError) {
        phase = .ended
        // The session frees the channel.
        handle = nil
        settle(.failure(error))
        notify()
    }

    private func step(_ session: borrowing SessionHandle) -> Step {
        switch phase {
        case .opening: open(session)
        case .starting: start()
        case .open: transfer(session)
        case .closing: close()
        case .aborting: abortStep(session)
        case .freeing: free()
        case .ended: .finished
        }
    }

    private func open(_ session: borrowing SessionHandle) -> Step {
        switch kind {
        case .command: handle = session.openChannel(type: "session")
        case .direct(let host, let port): handle = session.openDirect(host: host, port: port)
        }
        guard handle == nil else {
            if result != nil {
                phase = .aborting
            } else if countsAsSession {
                phase = .starting
            } else {
                phase = .open
                callers.opened(.success(()))
            }
            return .next
        }
        let code = session.lastCode
        if code == LIBSSH2_ERROR_EAGAIN { return .blocked }
        if SessionHandle.isFatal(code) { return .broken(code) }
        return openRefused(session.text(for: code) ?? "libssh2 error \(code)")
    }

    private func openRefused(_ text: String) -> Step {
        switch kind {
        case .direct(let host, let port):
            let message = "the server did not connect to `\(host):\(port)`: \(text.lowercasedFirst)"
            settle(.failure(SSHError(.forwardRefused, message, target: pump.alias)))
        case .command:
            if result != nil {
                pump.slots.release()
            } else if pump.slots.learnLimit(refusing: self) {
                pump.grantSlots()
                pump.raiseLimitLater()
                return .finished
            } else {
                settle(
                    .failure(
                        SSHError(
                            .channelLimit,
                            "the server opens no session channel although none of ours is open: \(text.lowercasedFirst)",
                            target: pump.alias,
                            hint: "look at `MaxSessions` in the server's `sshd_config`"
                        )
                    )
                )
            }
            pump.grantSlots()
        }
        phase = .ended
        return .finished
    }

    private func start() -> Step {
        guard case .command(let command) = kind else { return .blocked }
        let code = handle?.start(command: command) ?? LIBSSH2_ERROR_BAD_USE
        if code == LIBSSH2_ERROR_EAGAIN { return .blocked }
        if code == 0 {
            phase = result == nil ? .open : .aborting
            if result == nil { callers.opened(.success(())) }
            return .next
        }
        // -1 is what some paths of libssh2 answer instead of EAGAIN (its issue 671): that channel is dead, not more.
        if code != LIBSSH2_ERROR_SOCKET_NONE, SessionHandle.isFatal(code) { return .broken(code) }
        let refused = code == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED
        settle(
            .failure(
                SSHError(
                    refused ? .protocolError : .connectionLost,
                    refused
                        ? "the server refused to start `\(command.shortened)`"
                        : "the channel died while starting `\(command.shortened)` (libssh2 error \(code))",
                    target: pump.alias
                )
            )
        )
        phase = .aborting
        return .next
    }

    private func close() -> Step {
        let code = handle?.close() ?? 0
        if code == LIBSSH2_ERROR_EAGAIN { return .blocked }
        if SessionHandle.isFatal(code) { return .broken(code) }
        phase = .freeing
        return .next
    }

    private func free() -> Step {
        let code = handle?.free() ?? 0
        if code == LIBSSH2_ERROR_EAGAIN { return .blocked }
        handle = nil
        phase = .ended
        if countsAsSession {
            pump.slots.release()
            pump.grantSlots()
        }
        return .finished
    }

    /// Tells everybody who waits how the channel ended.
    func settle(_ outcome: Result<SSHExecResult.Exit, SSHError>) {
        guard result == nil else { return }
        result = outcome
        pump.loop.cancel(timer)
        input.drop(outcome.failure, keepingStaged: resume == .write)
        callers.ended(outcome)
    }

    /// Everything the command printed, with how it ended.
    func collected(_ exit: SSHExecResult.Exit) -> SSHExecResult {
        SSHExecResult(
            exit: exit,
            stdout: output.take(),
            stderr: errors.take(),
            stdoutTruncated: output.truncated,
            stderrTruncated: errors.truncated
        )
    }

    /// Gives buffered output to readers, and the end to those for whom nothing is left.
    func notify() {
        while !output.bytes.isEmpty, let read = callers.nextReader() { read(.success(output.take())) }
        let end = result ?? (outputEnded ? .success(.status(0)) : nil)
        while output.bytes.isEmpty, let end, let read = callers.nextReader() { read(end.map { _ in nil }) }
        onProgress?()
    }
}

extension Result {
    var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
