/// A TCP port, 1 to 65535.
package struct Port: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let value: Int

    /// Nothing for a number that is no port.
    package init?(_ value: Int) {
        guard (1...65535).contains(value) else { return nil }
        self.value = value
    }

    package var description: String { String(value) }

    package static func < (left: Port, right: Port) -> Bool { left.value < right.value }

    /// Where Linux starts handing out ephemeral ports unless told otherwise (`net.ipv4.ip_local_port_range`,
    /// 32768 to 60999): a listener above may find its port taken by any outgoing connection.
    package static let firstEphemeral = 32768
}

extension Port {
    /// A port that stands in the source, as defaults do; a number that is none is a mistake there.
    package static func known(_ value: Int) -> Port {
        guard let port = Port(value) else { preconditionFailure("\(value) is no port") }
        return port
    }
}
