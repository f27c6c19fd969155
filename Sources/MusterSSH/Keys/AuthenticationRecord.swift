/// What was offered to a server and what could not be, to explain a refusal.
struct AuthenticationRecord {
    private(set) var offers: [(name: String, algorithm: String?)] = []
    private(set) var offeredKeys: Set<[UInt8]> = []
    var unusable: [SSHError] = []
    var agentFailure: SSHError?

    mutating func offer(_ name: String, algorithm: String?, publicKey: [UInt8]?) {
        offers.append((name, algorithm))
        if let publicKey { offeredKeys.insert(publicKey) }
    }

    /// The error after every key was refused, or none was there to offer.
    func explain(target: SSHTarget, methods: String?) -> SSHError {
        guard !offers.isEmpty else { return nothingOffered(target) }
        let offered = offers.map { offer in offer.algorithm.map { "\(offer.name) (\($0))" } ?? offer.name }
        // A server without SHA-1 signatures refuses every RSA key, authorised or not, so nothing is known of the others.
        if offers.allSatisfy({ $0.algorithm == "ssh-rsa" }) {
            return SSHError(
                .rsaKeyRefusedByLibraryAge,
                "the server refused \(offered.quotedList); this libssh2 signs with RSA keys by SHA-1 only, "
                    + "which OpenSSH accepts no longer since 8.8",
                target: target.alias,
                hint: "use an ed25519 key: `ssh-keygen -t ed25519`",
                cause: unusable.first ?? agentFailure
            )
        }
        let wants = methods.map { ", and accepts `\($0)`" } ?? ""
        return SSHError(
            .authenticationRefused,
            "the server refused \(offered.quotedList) for user `\(target.user)`\(wants)",
            target: target.alias,
            hint: unusable.first?.hint ?? "is the public key in `authorized_keys` of `\(target.user)`",
            cause: unusable.first ?? agentFailure
        )
    }

    /// The error after the server hung up between two offers.
    func connectionEnded(target: SSHTarget, code: Int32) -> SSHError {
        SSHError(
            .authenticationRefused,
            "the server ended the connection at key \(offers.count), `\(offers.last?.name ?? "?")` "
                + "(libssh2 error \(code))",
            target: target.alias,
            hint: offers.count > 3 ? "offer fewer keys, or raise `MaxAuthTries` on the server" : nil
        )
    }

    private func nothingOffered(_ target: SSHTarget) -> SSHError {
        if let first = unusable.first { return first }
        if let agentFailure { return agentFailure }
        let files =
            target.identityFiles.isEmpty ? "no key file is named" : "\(target.identityFiles.quotedList) not found"
        let agent = target.agentSocket == nil ? "there is no agent" : "the agent holds no key that can be used"
        return SSHError(
            .authenticationRefused,
            "there is no key to offer: \(files), and \(agent)",
            target: target.alias,
            hint: "name an `identity`, or `ssh-add` a key"
        )
    }
}
