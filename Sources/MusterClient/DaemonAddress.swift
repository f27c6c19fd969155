/// Where a daemon listens.
package enum DaemonAddress: Hashable, Sendable {
    /// The path of a Unix socket.
    case socket(String)

    /// For messages.
    var text: String {
        switch self {
        case .socket(let path): path
        }
    }
}
