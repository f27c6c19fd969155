/// Where and how the API is served.
package struct ServerSettings: Hashable, Sendable {
    /// The Unix socket; its directory belongs to the daemon's user alone.
    package var socket: String

    package init(socket: String) { self.socket = socket }
}
