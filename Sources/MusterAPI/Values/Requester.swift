/// Who asked for a change, as the events tell it.
package struct Requester: Hashable, Sendable {
    /// The way a request came in.
    package enum Transport: String, Hashable, Sendable {
        /// The Unix socket, whose other end the kernel names.
        case socket
        /// The TCP listener, whose other end knows the token.
        case tcp
    }

    /// A user's name on the socket, an address on TCP.
    package let name: String
    /// The user's number, where the kernel gave one.
    package let uid: UInt32?
    package let transport: Transport

    package init(name: String, uid: UInt32? = nil, transport: Transport) {
        self.name = name
        self.uid = uid
        self.transport = transport
    }
}
