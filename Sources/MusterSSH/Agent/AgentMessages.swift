/// The few messages of the agent protocol that are used here (draft-ietf-sshm-ssh-agent).
enum AgentMessages {
    /// `SSH_AGENTC_REQUEST_IDENTITIES`.
    static let requestIdentities: [UInt8] = framed([11])

    /// `SSH_AGENTC_SIGN_REQUEST` without flags: the only RSA signature libssh2 1.10 can send is the SHA-1 one.
    static func sign(key: [UInt8], data: [UInt8]) -> [UInt8] {
        var writer = WireWriter()
        writer.byte(13)
        writer.string(key)
        writer.string(data)
        writer.uint32(0)
        return framed(writer.bytes)
    }

    /// Reads `SSH_AGENT_IDENTITIES_ANSWER`.
    static func identities(_ message: [UInt8]) -> [AgentIdentity]? {
        var reader = WireReader(message)
        guard reader.byte() == 12, let count = reader.uint32(), count <= 2048 else { return nil }
        var identities: [AgentIdentity] = []
        for _ in 0..<count {
            guard let key = reader.string(), let comment = reader.string() else { return nil }
            identities.append(AgentIdentity(publicKey: key, comment: String(decoding: comment, as: UTF8.self)))
        }
        return identities
    }

    /// Reads `SSH_AGENT_SIGN_RESPONSE`: the signature without its algorithm's name, which libssh2 adds itself.
    static func signature(_ message: [UInt8]) -> [UInt8]? {
        var reader = WireReader(message)
        guard reader.byte() == 14, let blob = reader.string() else { return nil }
        var inner = WireReader(blob)
        guard inner.string() != nil else { return nil }
        return inner.string()
    }

    /// The length of the message that starts a buffer, once its prefix is there.
    static func length(_ buffer: [UInt8]) -> Int? {
        var reader = WireReader(buffer.prefix(4))
        return reader.uint32().map(Int.init)
    }

    private static func framed(_ body: [UInt8]) -> [UInt8] {
        var writer = WireWriter()
        writer.string(body)
        return writer.bytes
    }
}

/// A key that an agent holds.
struct AgentIdentity: Sendable, Hashable {
    var publicKey: [UInt8]
    var comment: String

    var algorithm: String? {
        var reader = WireReader(publicKey)
        return reader.text()
    }

    /// Whether libssh2 1.10 can send a signature of this key: certificates and security keys need more than it adds.
    var isUsable: Bool {
        ["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"]
            .contains(algorithm)
    }
}
