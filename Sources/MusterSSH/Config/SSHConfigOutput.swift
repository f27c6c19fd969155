/// What `ssh -G host` prints, as a value: OpenSSH's own reading of `ssh_config`, `Include`, `Match` and all.
///
/// Pure: running `ssh -G` is the caller's business. Where `ssh` is absent, `defaults` is what an empty configuration
/// would give.
public struct SSHConfigOutput: Sendable, Hashable {
    /// One host of a `ProxyJump` list. What is `nil` is for `ssh -G` of that host to tell.
    public struct Jump: Sendable, Hashable {
        /// The name as written, to be given to `ssh -G`.
        public var host: String
        /// The account, if written.
        public var user: String?
        /// The port, if written.
        public var port: Int?

        /// Creates a jump host.
        public init(host: String, user: String? = nil, port: Int? = nil) {
            self.host = host
            self.user = user
            self.port = port
        }
    }

    /// What the person wrote.
    public var alias: String
    /// The name or address to connect to.
    public var host: String
    /// The account.
    public var user: String
    /// The port.
    public var port: Int
    /// Private keys, absolute paths.
    public var identityFiles: [String]
    /// The agent's socket, if there is an agent.
    public var agentSocket: String?
    /// The user's known-hosts files, then the machine's.
    public var knownHostsFiles: [String]
    /// `StrictHostKeyChecking`: `accept-new` is accepted, anything else is strict.
    public var hostKeys: HostKeyPolicy
    /// The name to look up in known-hosts files.
    public var hostKeyAlias: String?
    /// `ProxyJump`, outermost first.
    public var jumps: [Jump]
    /// `ConnectTimeout`, if set.
    public var connectTimeout: Duration?
    /// `ServerAliveInterval`, if not 0.
    public var keepalive: Duration?
    /// Settings that this library cannot honour, each with the reason, in words for a person.
    public var unsupported: [String]

    /// The settings of an empty configuration.
    ///
    /// - Parameters:
    ///   - alias: What the person wrote: a host, or `user@host`.
    ///   - user: The local account, used where none is written.
    ///   - home: The local home directory.
    ///   - environment: The process environment; `SSH_AUTH_SOCK` is read.
    /// - Returns: What OpenSSH would use if nothing were configured.
    public static func defaults(
        alias: String,
        user: String,
        home: String,
        environment: [String: String] = [:]
    ) -> SSHConfigOutput {
        let parts = alias.split(separator: "@", maxSplits: 1).map(String.init)
        return SSHConfigOutput(
            alias: alias,
            host: parts.last ?? alias,
            user: parts.count == 2 ? parts[0] : user,
            port: 22,
            identityFiles: ["id_ed25519", "id_ecdsa", "id_rsa"].map { "\(home)/.ssh/\($0)" },
            agentSocket: environment["SSH_AUTH_SOCK"].flatMap { $0.isEmpty ? nil : $0 },
            knownHostsFiles: [
                "\(home)/.ssh/known_hosts", "\(home)/.ssh/known_hosts2",
                "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2",
            ],
            hostKeys: .strict,
            jumps: [],
            unsupported: []
        )
    }

    /// The target to connect to.
    ///
    /// - Parameter jumps: A target for each of the `jumps`, outermost first.
    /// - Returns: The target, with the library's own defaults for times that are not set.
    public func target(jumps: [SSHTarget] = []) -> SSHTarget {
        var target = SSHTarget(
            host: host,
            port: port,
            user: user,
            alias: alias,
            identityFiles: identityFiles,
            agentSocket: agentSocket,
            hostKeys: hostKeys,
            knownHostsFiles: knownHostsFiles,
            jumps: jumps,
            hostKeyAlias: hostKeyAlias
        )
        if let connectTimeout { target.connectTimeout = connectTimeout }
        if let keepalive { target.keepalive = keepalive }
        return target
    }
}
