/// A secret. It has no description that shows it and no encoding; the one way to it is a call that says what it does.
package struct Redacted: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let secret: String

    package init(_ secret: String) { self.secret = secret }

    /// The secret in clear, for the 0600 file on the node and nothing else.
    package func revealed() -> String { secret }

    package var description: String { "[redacted]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
