/// A client and a daemon of different releases. They may well understand each other, so it is a warning and no error.
package struct VersionSkew: Hashable, Sendable, CustomStringConvertible {
    package let client: String
    package let daemon: String

    /// What to change.
    package var hint: String {
        isDaemonOlder ? "restart musterd, which is the older one" : "use the muster that came with this musterd"
    }

    package var description: String { "musterd is \(daemon), and this is muster \(client)" }

    private var isDaemonOlder: Bool {
        let numbers = { (version: String) in
            version.split(separator: "-").first.map { $0.split(separator: ".").map { Int($0) ?? 0 } } ?? []
        }
        return numbers(daemon).lexicographicallyPrecedes(numbers(client))
    }
}
