import CLibSSH2
import Crypto
import Logging

/// Public-key authentication, by the agent and by key files.
extension SSHConnection {
    func authenticate(_ pump: Pump) async throws(SSHError) {
        var record = AuthenticationRecord()
        let files = target.identityFiles.map { KeyFile($0) }
        if let socket = target.agentSocket {
            do throws(SSHError) {
                if try await authenticate(pump, agent: socket, preferring: files, &record) { return }
            } catch {
                if let aborted { throw aborted }
                guard error.code == .agentFailed else { throw error }
                // A broken agent must not keep the key files from being tried.
                record.agentFailure = error
                log.debug("the agent failed", metadata: ["ssh.error": "\(error)"])
            }
        }
        for file in files {
            switch file.content {
            case .missing: continue
            case .unusable(let code, let text, let hint):
                guard !record.offeredKeys.contains(file.publicKey ?? []) else { continue }
                record.unusable.append(SSHError(code, text, target: target.alias, hint: hint))
            case .key(let bytes, let algorithm):
                guard file.publicKey.map({ !record.offeredKeys.contains($0) }) ?? true else { continue }
                record.offer(file.path, algorithm: algorithm, publicKey: file.publicKey)
                let user = target.user
                if try await offer(
                    pump,
                    "offering the key `\(file.path)`",
                    record,
                    { session in
                        session.authenticate(user: user, privateKey: bytes)
                    }
                ) {
                    return
                }
            case .ed25519(let key, let publicKey):
                guard !record.offeredKeys.contains(publicKey) else { continue }
                record.offer(file.path, algorithm: "ssh-ed25519", publicKey: publicKey)
                let purpose = "offering the key `\(file.path)`"
                if try await offer(
                    pump,
                    publicKey,
                    purpose,
                    record,
                    sign: { data in
                        // An empty signature is refused like any other wrong one.
                        (try? key.signature(for: data)).map { [UInt8]($0) } ?? []
                    }
                ) {
                    return
                }
            }
        }
        let methods = record.offers.isEmpty ? nil : await offeredMethods(pump)
        throw record.explain(target: target, methods: methods)
    }

    private func authenticate(
        _ pump: Pump,
        agent path: String,
        preferring files: [KeyFile],
        _ record: inout AuthenticationRecord
    ) async throws(SSHError) -> Bool {
        let agent = try AgentClient(path: path, loop: loop, alias: target.alias)
        defer { agent.shut() }
        // Listing needs nobody's consent, so an agent that takes long for it hangs. A signature may need a person.
        let patience = min(.seconds(5), target.connectTimeout / 3)
        let answer = try await ask(
            agent,
            AgentMessages.requestIdentities,
            "asking the agent for keys",
            within: patience
        )
        guard let identities = AgentMessages.identities(answer) else {
            throw SSHError(.agentFailed, "the agent at `\(path)` does not list its keys", target: target.alias)
        }
        let wanted = Set(files.compactMap(\.publicKey))
        let usable = identities.filter(\.isUsable)
        // The keys the person named first: a server gives up after a few offers (MaxAuthTries, 6 by default).
        for identity in usable.filter({ wanted.contains($0.publicKey) })
            + usable.filter({ !wanted.contains($0.publicKey) })
        {
            record.offer("agent: \(identity.comment)", algorithm: identity.algorithm, publicKey: identity.publicKey)
            if try await offer(pump, identity, by: agent, record) { return true }
        }
        return false
    }

    private func offer(
        _ pump: Pump,
        _ identity: AgentIdentity,
        by agent: AgentClient,
        _ record: AuthenticationRecord
    ) async throws(SSHError) -> Bool {
        let purpose = "offering the agent's key `\(identity.comment)`"
        return try await offer(pump, identity.publicKey, purpose, record) { data throws(SSHError) in
            let answer = try await ask(
                agent,
                AgentMessages.sign(key: identity.publicKey, data: data),
                "waiting for the agent to sign with `\(identity.comment)`",
                within: nil
            )
            // An empty signature makes the server refuse the key, which also brings libssh2's state to its end.
            return AgentMessages.signature(answer) ?? []
        }
    }

    /// Offers a public key, and signs if the server takes it.
    private func offer(
        _ pump: Pump,
        _ publicKey: [UInt8],
        _ purpose: String,
        _ record: AuthenticationRecord,
        sign: ([UInt8]) async throws(SSHError) -> [UInt8]
    ) async throws(SSHError) -> Bool {
        let signer = PendingSignature()
        let user = target.user
        while true {
            let accepted = try await offerOnce(pump, purpose, record) { session in
                let code = session.authenticate(user: user, publicKey: publicKey, signer: signer)
                guard code == LIBSSH2_ERROR_EAGAIN else { return .value(code) }
                // Stop here for the signature; libssh2 goes on where it was when it is called again.
                return signer.request != nil && signer.signature == nil ? .value(code) : .again
            }
            if let accepted { return accepted }
            signer.signature = try await sign(signer.request ?? [])
        }
    }

    private func ask(
        _ agent: AgentClient,
        _ message: [UInt8],
        _ purpose: String,
        within patience: Duration?
    ) async throws(SSHError) -> [UInt8] {
        var timer: LoopTimers.Key?
        defer { loop.cancel(timer) }
        let alias = target.alias
        return try await wait(purpose) { done in
            agent.request(message, done)
            guard let patience else { return }
            timer = loop.schedule(after: patience) {
                let text = "the agent did not answer within \(patience.formattedSeconds) s"
                done(.failure(SSHError(.agentFailed, text, target: alias, hint: "check `ssh-add -l`")))
            }
        }
    }

    private func offer(
        _ pump: Pump,
        _ purpose: String,
        _ record: AuthenticationRecord,
        _ body: @escaping (borrowing SessionHandle) -> Int32
    ) async throws(SSHError) -> Bool {
        try await offerOnce(pump, purpose, record) { session in
            let code = body(session)
            return code == LIBSSH2_ERROR_EAGAIN ? .again : .value(code)
        } ?? false
    }

    /// True or false as the server decided; `nil` if the call wants to be repeated.
    private func offerOnce(
        _ pump: Pump,
        _ purpose: String,
        _ record: AuthenticationRecord,
        _ body: @escaping (borrowing SessionHandle) -> CallOutcome<Int32>
    ) async throws(SSHError) -> Bool? {
        let code: Int32 = try await wait(purpose) { done in
            pump.call(purpose, family: .authentication, body) { done($0) }
        }
        if code == 0 { return true }
        if code == LIBSSH2_ERROR_EAGAIN { return nil }
        guard SessionHandle.isFatal(code) else { return false }
        throw record.connectionEnded(target: target, code: code)
    }

    private func offeredMethods(_ pump: Pump) async -> String? {
        let user = target.user
        // Only for the message; without an answer the message is shorter.
        return try? await wait("asking for the server's methods") { done in
            pump.call("asking for the server's methods", family: .authentication) { session -> CallOutcome<String?> in
                let answer = session.methods(user: user)
                return answer.code == LIBSSH2_ERROR_EAGAIN ? .again : .value(answer.list)
            } completion: {
                done($0)
            }
        }
    }
}
