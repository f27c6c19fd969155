/// Where to connect, as whom, and by which rules.
public struct SSHTarget: Sendable, Hashable {
    /// A name or address that `getaddrinfo` understands; through a jump host it is resolved by that host.
    public var host: String
    /// TCP port of the server.
    public var port: Int
    /// Account on the server.
    public var user: String
    /// What the person wrote; used in messages only.
    public var alias: String
    /// Absolute paths of private keys, tried in order after the agent's.
    public var identityFiles: [String]
    /// Path of the agent's socket; `nil` means no agent.
    public var agentSocket: String?
    /// What to do about a host that no known-hosts file names.
    public var hostKeys: HostKeyPolicy
    /// Known-hosts files in order of precedence; `acceptNew` appends to the first.
    public var knownHostsFiles: [String]
    /// Hosts to go through, outermost first.
    public var jumps: [SSHTarget]
    /// Time for name resolution, TCP, key exchange and authentication together.
    public var connectTimeout: Duration
    /// Silence after which the peer is asked for a sign of life; three times as long means the connection is lost.
    public var keepalive: Duration
    /// Name to look up in known-hosts files instead of the host and port.
    public var hostKeyAlias: String?

    /// Creates a target; all but the host have defaults fit for a cluster node.
    public init(
        host: String,
        port: Int = 22,
        user: String,
        alias: String? = nil,
        identityFiles: [String] = [],
        agentSocket: String? = nil,
        hostKeys: HostKeyPolicy = .strict,
        knownHostsFiles: [String] = [],
        jumps: [SSHTarget] = [],
        connectTimeout: Duration = .seconds(15),
        keepalive: Duration = .seconds(15),
        hostKeyAlias: String? = nil
    ) {
        self.host = host
        self.port = port
        self.user = user
        self.alias = alias ?? host
        self.identityFiles = identityFiles
        self.agentSocket = agentSocket
        self.hostKeys = hostKeys
        self.knownHostsFiles = knownHostsFiles
        self.jumps = jumps
        self.connectTimeout = connectTimeout
        self.keepalive = keepalive
        self.hostKeyAlias = hostKeyAlias
    }

    /// The host and port of the machine whose `MaxStartups` this connection counts against.
    var nextHop: String {
        let hop = jumps.first ?? self
        return "\(hop.host):\(hop.port)"
    }
}

/// What to do about a host that no known-hosts file names; a changed or revoked key is refused by both.
public struct HostKeyPolicy: Sendable, Hashable {
    private enum Kind { case strict, acceptNew }
    private let kind: Kind

    /// Refuse the host.
    public static let strict = HostKeyPolicy(kind: .strict)
    /// Append the host's key to the first known-hosts file and go on.
    public static let acceptNew = HostKeyPolicy(kind: .acceptNew)
}
