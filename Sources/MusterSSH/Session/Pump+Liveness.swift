import CLibSSH2
import Glibc

/// Finding out that a silent peer is gone.
extension Pump {
    /// Starts watching for silence, once the connection is authenticated.
    func startHeartbeat() {
        lastReceived = .now
        beat()
    }

    /// Notes that bytes arrived since the last look.
    func noteActivity() {
        guard tap.received != lastCount else { return }
        lastCount = tap.received
        lastReceived = .now
    }

    private func beat() {
        guard failure == nil else { return }
        noteActivity()
        let silence = ContinuousClock.now - lastReceived
        if silence >= keepalive * 3 {
            let text = "no answer for \(silence.formattedSeconds) s, three times the keepalive interval"
            return die(SSHError(.connectionLost, text, target: alias))
        }
        if silence >= keepalive { probe() }
        // While a probe is out, look often enough that the third unanswered interval ends on time.
        let next = probing ? keepalive / 4 : keepalive - silence
        heartbeat = loop.schedule(after: max(next, .milliseconds(10))) { [weak self] in self?.beat() }
    }

    /// Asks the peer for any answer.
    ///
    /// The question is to open a channel of a type no server knows: the refusal is read by the open itself.
    /// `libssh2_keepalive_send` would leave each answer in the session's packet list for good, where every later read
    /// walks over it; and it leaves a half-sent packet pinned to its own stack frame, after which nothing can be sent.
    /// It is the fallback while another open waits for a slow answer, and then only if the socket takes it whole.
    func probe() {
        guard !probing else { return }
        guard !hasPending(.open) else {
            if tap.isWritable { _ = withSession { $0.sendKeepalive() } }
            return
        }
        probing = true
        call("waiting for a sign of life", family: .open) { session -> CallOutcome<Void> in
            if let channel = session.openChannel(type: "keepalive@libssh2.org") {
                // Nobody should ever accept this; libssh2 frees the channel with the session.
                _ = channel
                return .value(())
            }
            let code = session.lastCode
            if code == LIBSSH2_ERROR_EAGAIN { return .again }
            return SessionHandle.isFatal(code) ? .broken(code: code) : .value(())
        } completion: { [weak self] _ in
            self?.probing = false
        }
    }

    /// Something happened on a connection nobody is using: its end, or a packet such as the server's own keepalive
    /// question, which a probe reads and libssh2 answers.
    func idleEvent(_ events: UInt32) {
        var byte: UInt8 = 0
        let got = recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
        if got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR) {
            let reason = got == 0 ? "the server closed the connection" : String(cString: strerror(errno))
            return die(SSHError(.connectionLost, "\(reason) while nothing was in progress", target: alias))
        }
        guard got > 0 else { return }
        // Unread bytes before the end: reading them is the way to the error.
        if events & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 { return probe() }
        // Give the caller's next operation a moment to read it for free; level-triggered epoll must not spin meanwhile.
        armForHangup()
        guard !draining else { return }
        draining = true
        loop.schedule(after: .milliseconds(250)) { [weak self] in
            guard let self else { return }
            draining = false
            if failure == nil && isIdle { probe() }
        }
    }
}

extension Duration {
    /// Seconds with up to one decimal, for messages.
    var formattedSeconds: String {
        let tenths = (components.seconds * 10) + components.attoseconds / 100_000_000_000_000_000
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
