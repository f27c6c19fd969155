import CLibSSH2
import Logging

/// Banner, key exchange and the host's identity.
extension SSHConnection {
    /// The name and port to look up: an alias stands for host and port together, as in OpenSSH.
    private var knownName: (host: String, port: Int) {
        target.hostKeyAlias.map { ($0, 22) } ?? (target.host, target.port)
    }

    func handshake(_ pump: Pump, _ known: KnownHosts) async throws(SSHError) {
        pump.withSession {
            Algorithms.prefer(known.preferredKeyTypes(host: knownName.host, port: knownName.port), on: $0)
        }
        let fd = pump.socket
        let code: Int32 = try await wait("exchanging keys") { done in
            pump.call("exchanging keys", family: .handshake) { session in
                let code = session.handshake(fd)
                return code == LIBSSH2_ERROR_EAGAIN ? .again : .value(code)
            } completion: {
                done($0)
            }
        }
        let transcript = pump.tap.transcript ?? []
        pump.tap.endTranscript()
        if code != 0 { throw explain(handshake: code, pump, ServerGreeting(transcript)) }
    }

    private func explain(handshake code: Int32, _ pump: Pump, _ greeting: ServerGreeting) -> SSHError {
        let text = pump.withSession { $0.text(for: code) } ?? "libssh2 error \(code)"
        let mismatches = greeting.offer.map { offer in
            pump.withSession { Algorithms.supported(by: $0) }.mismatches(withServer: offer)
        }
        if let mismatches, !mismatches.isEmpty {
            return SSHError(
                .noCommonAlgorithm,
                mismatches.joined(separator: "; "),
                target: target.alias,
                hint: "allow one of this side's algorithms in the server's `sshd_config`"
            )
        }
        let said = greeting.notices.filter { !$0.isEmpty }.map { $0.prefix(120) }
        let quote = said.isEmpty ? "" : ", saying `\(said.joined(separator: " / "))`"
        if greeting.version == nil {
            // sshd drops connections silently, or with one of these lines, when too many are not authenticated.
            let isSSHD = said.isEmpty || said.contains { $0.contains("MaxStartups") || $0.contains("Not allowed") }
            wasDropped = isSSHD
            return SSHError(
                isSSHD ? .connectionLost : .protocolError,
                isSSHD
                    ? "the server closed the connection before authentication\(quote)"
                    : "what listens there does not speak SSH\(quote)",
                target: target.alias,
                hint: isSSHD ? "look at `MaxStartups` in the server's `sshd_config`, and at its log" : "check the port"
            )
        }
        let closed = [LIBSSH2_ERROR_SOCKET_DISCONNECT, LIBSSH2_ERROR_SOCKET_RECV, LIBSSH2_ERROR_SOCKET_SEND]
        wasDropped = closed.contains(code)
        return SSHError(
            wasDropped ? .connectionLost : .protocolError,
            "the key exchange failed (\(text))",
            target: target.alias
        )
    }

    /// Checks the key that signed the exchange. Nothing secret was sent before this.
    func verifyHostKey(_ pump: Pump, _ known: KnownHosts) throws(SSHError) {
        var reader = WireReader(pump.withSession { $0.hostKey } ?? [])
        let key = pump.withSession { $0.hostKey } ?? []
        guard let keyType = reader.text() else {
            throw SSHError(.protocolError, "the server has no host key", target: target.alias)
        }
        hostKeyFingerprint = KnownHosts.fingerprint(of: key)
        let (host, port) = knownName
        let presented = "`\(keyType)` `\(hostKeyFingerprint)`"
        switch known.lookup(host: host, port: port, keyType: keyType, key: key) {
        case .match: return
        case .revoked(let location):
            throw SSHError(
                .hostKeyRevoked,
                "the server's key \(presented) is revoked at \(location)",
                target: target.alias
            )
        case .changed(let entries):
            let old = entries.map { "`\($0.keyType)` `\($0.fingerprint)` (\($0.location))" }.joined(separator: ", ")
            let name = KnownHosts.lookupName(host: host, port: port)
            throw SSHError(
                .hostKeyChanged,
                "the server's key \(presented) is not the known one, \(old)",
                target: target.alias,
                hint: "if the host was reinstalled, `ssh-keygen -R \(ShellQuoting.quote(name))`, else ask who answers"
            )
        case .unknown where target.hostKeys == .acceptNew:
            try acceptNew(host, port, keyType, key)
        case .unknown:
            let files = target.knownHostsFiles.isEmpty ? "any file" : target.knownHostsFiles.quotedList
            throw SSHError(
                .hostKeyUnknown,
                "the server's key \(presented) is not in \(files)",
                target: target.alias,
                hint:
                    "compare it on the host's console, then `ssh -p \(target.port) \(target.user)@\(target.host)` once"
            )
        }
    }

    private func acceptNew(_ host: String, _ port: Int, _ keyType: String, _ key: [UInt8]) throws(SSHError) {
        guard let path = target.knownHostsFiles.first else {
            throw SSHError(
                .hostKeyUnknown,
                "there is no known-hosts file to add the server's key to",
                target: target.alias
            )
        }
        do throws(IOFailure) {
            try KnownHostsFiles.add(host: host, port: port, keyType: keyType, key: key, to: path).get()
        } catch {
            throw SSHError(.hostKeyUnknown, "the server's key could not be added: \(error)", target: target.alias)
        }
        log.warning("added a new host key", metadata: ["ssh.key": "\(hostKeyFingerprint)", "ssh.file": "\(path)"])
    }
}

/// Which algorithms are asked for, best first.
enum Algorithms {
    private static let keyExchange = [
        "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384",
        "ecdh-sha2-nistp521", "diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512",
        "diffie-hellman-group14-sha256", "diffie-hellman-group-exchange-sha256", "diffie-hellman-group14-sha1",
    ]
    private static let hostKey = [
        "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
    ]
    // Counter mode: libssh2 1.10 has no AEAD cipher, and CBC is weaker.
    private static let cipher = ["aes128-ctr", "aes256-ctr", "aes192-ctr"]
    private static let mac = ["hmac-sha2-256", "hmac-sha2-512", "hmac-sha1"]

    /// Sets the preferences, with host keys of known types first.
    static func prefer(_ knownTypes: [String], on session: borrowing SessionHandle) {
        session.prefer(LIBSSH2_METHOD_KEX, keyExchange)
        let known = knownTypes.filter(hostKey.contains)
        session.prefer(LIBSSH2_METHOD_HOSTKEY, known + hostKey.filter { !known.contains($0) })
        for method in [LIBSSH2_METHOD_CRYPT_CS, LIBSSH2_METHOD_CRYPT_SC] { session.prefer(method, cipher) }
        for method in [LIBSSH2_METHOD_MAC_CS, LIBSSH2_METHOD_MAC_SC] { session.prefer(method, mac) }
    }

    /// What can be agreed on: the preferences that this libssh2 has.
    static func supported(by session: borrowing SessionHandle) -> AlgorithmLists {
        func both(_ method: Int32, _ wanted: [String]) -> [String] {
            let all = session.supported(method)
            return wanted.filter(all.contains)
        }
        return AlgorithmLists(
            keyExchange: both(LIBSSH2_METHOD_KEX, keyExchange),
            hostKey: both(LIBSSH2_METHOD_HOSTKEY, hostKey),
            cipher: both(LIBSSH2_METHOD_CRYPT_CS, cipher),
            mac: both(LIBSSH2_METHOD_MAC_CS, mac)
        )
    }
}
