/// Where a daemon listens.
package enum DaemonAddress: Hashable, Sendable {
    /// The path of a Unix socket.
    case socket(String)
}
