extension SSHError {
    /// What kind of failure an `SSHError` is.
    ///
    /// A struct, so that a later version can add a kind without breaking an exhaustive `switch`.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case nameResolution, refused, unreachable, timedOut
            case hostKeyUnknown, hostKeyChanged, hostKeyRevoked
            case noCommonAlgorithm, rsaKeyRefusedByLibraryAge, authenticationRefused
            case keyUnreadable, keyNeedsPassphrase, agentFailed
            case channelLimit, connectionLost, cancelled, outputLimit, forwardRefused, pushFailed, protocolError
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// The code's stable name.
        public var description: String { kind.rawValue }

        /// The host name has no address.
        public static let nameResolution = Code(.nameResolution)
        /// The host answered that nothing listens on the port.
        public static let refused = Code(.refused)
        /// No route leads to the host.
        public static let unreachable = Code(.unreachable)
        /// A deadline passed.
        public static let timedOut = Code(.timedOut)
        /// No known-hosts file has a key for the host, and the policy is strict.
        public static let hostKeyUnknown = Code(.hostKeyUnknown)
        /// The host's key differs from the one in a known-hosts file.
        public static let hostKeyChanged = Code(.hostKeyChanged)
        /// The host's key is marked `@revoked`.
        public static let hostKeyRevoked = Code(.hostKeyRevoked)
        /// Client and server share no key exchange, host key, cipher or MAC algorithm.
        public static let noCommonAlgorithm = Code(.noCommonAlgorithm)
        /// The server wants SHA-2 signatures, and this libssh2 signs with an RSA key by SHA-1 only.
        public static let rsaKeyRefusedByLibraryAge = Code(.rsaKeyRefusedByLibraryAge)
        /// The server accepted none of the keys it was offered, or none was offered.
        public static let authenticationRefused = Code(.authenticationRefused)
        /// A private key file cannot be read or understood.
        public static let keyUnreadable = Code(.keyUnreadable)
        /// A private key is encrypted, and nobody is asked for passphrases here.
        public static let keyNeedsPassphrase = Code(.keyNeedsPassphrase)
        /// The agent did not answer, or answered with a failure.
        public static let agentFailed = Code(.agentFailed)
        /// The server opens no session channel although none of ours is open.
        public static let channelLimit = Code(.channelLimit)
        /// The connection ended before the operation did.
        public static let connectionLost = Code(.connectionLost)
        /// The task that asked for the operation was cancelled.
        public static let cancelled = Code(.cancelled)
        /// A peer sent more than the caller allowed.
        public static let outputLimit = Code(.outputLimit)
        /// The server refused to connect a forwarded channel.
        public static let forwardRefused = Code(.forwardRefused)
        /// A file could not be written on the host.
        public static let pushFailed = Code(.pushFailed)
        /// The peer, or this library's use of libssh2, broke the protocol.
        public static let protocolError = Code(.protocolError)
    }
}
