package import MusterSpec

/// Why an operation on nodes could not be done, in the words a person gets.
package struct RuntimeError: Error, Sendable, CustomStringConvertible {
    package var code: DiagnosticCode
    package var message: String
    /// The node it happened on, where it happened on one.
    package var node: String?
    /// Further lines: log tails, who holds a lock, both fingerprints.
    package var details: [String]
    package var hint: String?

    package init(
        _ code: DiagnosticCode,
        _ message: String,
        node: String? = nil,
        details: [String] = [],
        hint: String? = nil
    ) {
        self.code = code
        self.message = message
        self.node = node
        self.details = details
        self.hint = hint
    }

    package var description: String { node.map { "\($0): \(message)" } ?? message }
}
