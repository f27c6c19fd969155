/// Where and how the API is served.
package struct ServerSettings: Hashable, Sendable {
    /// The TCP listener, which is there only when it is asked for and never open to everyone.
    package struct TCP: Hashable, Sendable {
        /// How what is sent is protected on its way.
        package enum Protection: Hashable, Sendable {
            /// PEM files: the certificate with its chain, and its key.
            case tls(certificate: String, key: String)
            /// Nothing: the token can be read on the wire. Said in so many words, never by leaving something out.
            case plaintext
        }

        package var host: String
        /// 0 for any that is free.
        package var port: Int
        /// A file whose text, without the line's end, has to come with every request.
        package var tokenFile: String
        package var protection: Protection

        package init(host: String, port: Int, tokenFile: String, protection: Protection) {
            self.host = host
            self.port = port
            self.tokenFile = tokenFile
            self.protection = protection
        }
    }

    /// The Unix socket; its directory belongs to the daemon's user alone.
    package var socket: String
    package var tcp: TCP?
    /// The longest body of a request, in bytes.
    package var bodyLimit = 16 << 20
    /// How long a connection may stay without a whole request.
    package var idleTimeout = Duration.seconds(30)
    /// How often an event stream says that it is alive when nothing happens.
    package var heartbeat = Duration.seconds(15)
    /// So many connections at once on each listener; more wait until one is closed.
    package var connections = 4096

    package init(socket: String, tcp: TCP? = nil) {
        self.socket = socket
        self.tcp = tcp
    }
}
