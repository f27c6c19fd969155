import CLibSSH2
import Glibc
import Logging

/// From nothing to an authenticated session: a chain of single waits, each of which a deadline or a cancellation ends.
extension SSHConnection {
    func establish(_ limiter: SSHStartLimiter) async -> Result<Void, SSHError> {
        let timeout = target.connectTimeout
        let timer = loop.schedule(after: timeout) { [weak self] in
            self?.assumeIsolated { $0.abortConnecting($0.connectTimedOut(timeout)) }
        }
        defer { loop.cancel(timer) }
        return await withTaskCancellationHandler {
            do throws(SSHError) {
                return .success(try await attemptUntilDeadline(limiter))
            } catch {
                return .failure(error)
            }
        } onCancel: {
            later { $0.abortConnecting($0.cancelled($0.waitPurpose)) }
        }
    }

    private func abortConnecting(_ error: SSHError) {
        guard aborted == nil else { return }
        aborted = error
        abortWait?(error)
    }

    private nonisolated var hasAborted: Bool { assumeIsolated { $0.aborted != nil } }

    private func connectTimedOut(_ timeout: Duration) -> SSHError {
        let silent = pump.map { $0.tap.received == 0 } ?? false
        let what = silent ? "the host accepted the connection and sent nothing" : "still \(waitPurpose)"
        return SSHError(
            .timedOut,
            "not connected within \(timeout.formattedSeconds) s: \(what)",
            target: target.alias,
            hint: silent ? "is `\(target.host):\(target.port)` an SSH server, and not overloaded" : nil
        )
    }

    /// One wait of connecting. `start` is given what to call with the outcome, once; the deadline may come first.
    func wait<Value: Sendable>(
        _ purpose: String,
        _ start: (@escaping (Result<Value, SSHError>) -> Void) -> Void
    ) async throws(SSHError) -> Value {
        if let aborted { throw aborted }
        waitPurpose = purpose
        let result: Result<Value, SSHError> = await withCheckedContinuation { continuation in
            let once = OneShot(continuation)
            abortWait = { once.resume(.failure($0)) }
            start { once.resume($0) }
        }
        abortWait = nil
        return try result.get()
    }

    private func attemptUntilDeadline(_ limiter: SSHStartLimiter) async throws(SSHError) {
        for attempt in 1... {
            let ticket = try await startTicket(limiter)
            do throws(SSHError) {
                defer { limiter.release(ticket) }
                return try await attemptOnce()
            } catch {
                pump?.die(error)
                pump = nil
                if let aborted { throw aborted }
                guard wasDropped, attempt < 12 else { throw error }
            }
            let pause = limiter.pause(after: attempt)
            log.debug("dropped before authentication, trying again", metadata: ["ssh.attempt": "\(attempt)"])
            try await wait("waiting to try again") { done in
                loop.schedule(after: pause) { done(.success(())) }
            }
        }
    }

    private func startTicket(_ limiter: SSHStartLimiter) async throws(SSHError) -> SSHStartLimiter.Ticket {
        var ticket: SSHStartLimiter.Ticket?
        do throws(SSHError) {
            let purpose = "waiting for other connections to `\(target.nextHop)` to authenticate"
            try await wait(purpose) { (done: @escaping (Result<Void, SSHError>) -> Void) in
                // Granted on any thread, so the way back to the wait is through the actor.
                let id = makeID()
                grants[id] = { done(.success(())) }
                ticket = limiter.acquire(target.nextHop) { [self] in later { $0.grants.removeValue(forKey: id)?() } }
            }
        } catch {
            if let ticket { limiter.release(ticket) }
            throw error
        }
        guard let ticket else { throw cancelled(waitPurpose) }
        return ticket
    }

    private func attemptOnce() async throws(SSHError) {
        wasDropped = false
        let fd = try await connectedSocket()
        TCPOptions.apply(to: fd, keepalive: target.keepalive)
        guard
            let pump = Pump(fd: fd, loop: loop, alias: target.alias, keepalive: target.keepalive, log: log)
        else { throw SSHError(.protocolError, "libssh2 has no memory for a session", target: target.alias) }
        self.pump = pump
        let known = KnownHostsFiles.load(target.knownHostsFiles)
        try await handshake(pump, known)
        try verifyHostKey(pump, known)
        try await authenticate(pump)
        pump.startHeartbeat()
    }

    private func connectedSocket() async throws(SSHError) -> Int32 {
        if let jump {
            waitPurpose = "waiting for `\(jump.target.alias)` to connect to `\(target.host):\(target.port)`"
            return try await jump.relaySocket(toHost: target.host, port: target.port, deadline: target.connectTimeout)
        }
        let addresses = try await resolve()
        var failure = SSHError(.nameResolution, "`\(target.host)` has no address", target: target.alias)
        for address in addresses {
            do throws(SSHError) { return try await dial(address, of: addresses.count) } catch {
                if let aborted { throw aborted }
                failure = error
            }
        }
        throw failure
    }

    private func resolve() async throws(SSHError) -> [SocketAddress] {
        if let numeric = Resolver.numeric(target.host, port: target.port) { return numeric }
        let target = target
        return try await wait("resolving `\(target.host)`") { done in
            let id = makeID()
            resolutions[id] = done
            Resolver.shared.resolve(target.host, port: target.port) { [self] answer in
                let result = answer.mapError { failure in
                    SSHError(.nameResolution, "`\(target.host)` has no address: \(failure)", target: target.alias)
                }
                later { $0.resolutions.removeValue(forKey: id)?(result) }
            }
        }
    }

    private func dial(_ address: SocketAddress, of count: Int) async throws(SSHError) -> Int32 {
        let place = "`\(address.text)` port \(target.port)"
        let alias = target.alias
        defer {
            dialer?.cancel()
            dialer = nil
        }
        // One silent address must not use up the time of the others.
        var timer: LoopTimers.Key?
        defer { loop.cancel(timer) }
        return try await wait("connecting to \(place)") { done in
            dialer = Dialer(address, loop: loop) { [weak self] outcome in
                // Between an abort and the clean-up after it: the wait is over, and nobody would close the socket.
                if case .success(let fd) = outcome, self?.hasAborted != false {
                    Glibc.close(fd)
                    return
                }
                done(
                    outcome.mapError { failure in
                        SSHError(
                            failure.errorCode,
                            "cannot connect to \(place): \(failure)",
                            target: alias,
                            cause: failure
                        )
                    }
                )
            }
            guard count > 1 else { return }
            timer = loop.schedule(after: max(target.connectTimeout / count, .seconds(1))) {
                done(.failure(SSHError(.timedOut, "no answer from \(place)", target: alias)))
            }
        }
    }
}

/// A continuation that is resumed by whoever comes first; later callers are ignored.
final class OneShot<Value: Sendable> {
    private var continuation: CheckedContinuation<Value, Never>?

    init(_ continuation: CheckedContinuation<Value, Never>) { self.continuation = continuation }

    func resume(_ value: Value) {
        continuation?.resume(returning: value)
        continuation = nil
    }
}
