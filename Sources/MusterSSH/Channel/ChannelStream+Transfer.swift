import CLibSSH2

/// Moving bytes, and ending.
extension ChannelStream {
    /// The libssh2 calls of an open channel, in the order of trying.
    enum Call: CaseIterable {
        case write, sendEOF, readOutput, readErrors, awaitClose
    }

    func transfer(_ session: borrowing SessionHandle) -> Step {
        for call in Call.allCases where resume == nil || resume == call {
            switch perform(call, session) {
            case .broken(let code): return .broken(code)
            case .blocked where session.holdsUnsentPacket:
                resume = call
                return .blocked
            case .blocked: break
            case .next, .finished: resume = nil
            }
            if phase != .open { return .next }
        }
        return .blocked
    }

    private func perform(_ call: Call, _ session: borrowing SessionHandle) -> Step {
        switch call {
        case .write: write()
        case .sendEOF: sendEOF()
        case .readOutput: read(.output)
        case .readErrors: read(.errors)
        case .awaitClose: awaitClose(session)
        }
    }

    private func write() -> Step {
        while let chunk = input.chunk {
            let count = handle?.write(chunk) ?? 0
            switch Int32(truncatingIfNeeded: count) {
            case LIBSSH2_ERROR_EAGAIN, 0: return .blocked
            case 1...: input.consume(count)
            case let code where SessionHandle.isFatal(code): return .broken(code)
            default:
                // The peer closed the channel; how it ended is in its exit, which is still to be read.
                input.drop(SSHError(.connectionLost, "the command stopped reading its input", target: pump.alias))
            }
        }
        return .next
    }

    private func sendEOF() -> Step {
        guard input.wantsEOF else { return .next }
        let code = handle?.sendEOF() ?? 0
        if code == LIBSSH2_ERROR_EAGAIN { return .blocked }
        if SessionHandle.isFatal(code) { return .broken(code) }
        input.sentEOF()
        return .next
    }

    private enum Source: Int32 {
        case output = 0
        case errors = 1
    }

    private func read(_ source: Source) -> Step {
        while source == .output ? output.hasRoom : errors.hasRoom {
            let count = handle?.read(stream: source.rawValue, into: pump.loop.scratch) ?? 0
            switch Int32(truncatingIfNeeded: count) {
            case LIBSSH2_ERROR_EAGAIN: return .blocked
            case 0: return .next
            case 1...:
                let chunk = UnsafeBufferPointer(rebasing: pump.loop.scratch[..<count])
                if source == .output { output.append(chunk) } else { errors.append(chunk) }
            case let code where SessionHandle.isFatal(code): return .broken(code)
            case let code:
                settle(
                    .failure(
                        SSHError(
                            .connectionLost,
                            "the channel ended while reading (libssh2 error \(code))",
                            target: pump.alias
                        )
                    )
                )
                phase = .aborting
                return .next
            }
        }
        return .next
    }

    /// The exit status comes between the end of the output and the peer's close, and a status that was never received
    /// reads as 0, so only after that close is the exit believed.
    private func awaitClose(_ session: borrowing SessionHandle) -> Step {
        guard handle?.isAtEnd == true else { return .next }
        // The peer of a half-closed TCP connection closes only after this side ended too, so readers learn it now.
        outputEnded = true
        let code = handle?.awaitClose() ?? 0
        if code == LIBSSH2_ERROR_EAGAIN { return .blocked }
        guard code == 0 else { return .broken(code) }
        let exit = handle?.exit(in: session)
        settle(.success(exit ?? .status(-1)))
        phase = .closing
        return .next
    }

    /// Finishes a half-sent packet, closes, and reads away what the peer sends until its own close.
    func abortStep(_ session: borrowing SessionHandle) -> Step {
        if let call = resume {
            output.discard = true
            errors.discard = true
            switch perform(call, session) {
            case .broken(let code): return .broken(code)
            case .blocked where session.holdsUnsentPacket: return .blocked
            default: resume = nil
            }
            if phase != .aborting { return .next }
        }
        let closed = handle?.close() ?? 0
        if closed == LIBSSH2_ERROR_EAGAIN { return .blocked }
        if SessionHandle.isFatal(closed) { return .broken(closed) }
        for stream in Int32(0)...1 {
            var count = 0
            repeat { count = handle?.read(stream: stream, into: pump.loop.scratch) ?? 0 } while count > 0
            if SessionHandle.isFatal(Int32(truncatingIfNeeded: count)) { return .broken(Int32(count)) }
            if session.holdsUnsentPacket { return .blocked }
        }
        guard handle?.isAtEnd == true else { return .blocked }
        let code = handle?.awaitClose() ?? 0
        if code == LIBSSH2_ERROR_EAGAIN { return .blocked }
        phase = .freeing
        return .next
    }

    /// Gives up on the channel for the reason `error`; everybody who waits is told now, the closing goes on.
    func abort(_ error: SSHError) {
        guard phase != .ended else { return }
        settle(.failure(error))
        notify()
        if pump.slots.withdraw(self) {
            phase = .ended
            return
        }
        switch phase {
        case .open: phase = .aborting
        // An open or a start has its state in libssh2 and is brought to its end first.
        default: break
        }
        pump.run()
    }
}
