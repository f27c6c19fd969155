/// A port of this machine whose connections come out at the server's side.
///
/// It ends with `close()`, with the connection, or when the last reference to it is gone.
public final class SSHLocalForward: Sendable {
    /// The port of 127.0.0.1 that is listened on.
    public let port: Int
    private let connection: SSHConnection
    private let id: Int

    init(_ connection: SSHConnection, id: Int, port: Int) {
        self.connection = connection
        self.id = id
        self.port = port
    }

    deinit {
        connection.later { [id] in $0.stopListening(id) }
    }

    /// Stops listening and closes the connections made so far.
    public func close() async {
        await connection.stopListening(id)
    }
}
