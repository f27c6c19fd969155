/// Why the API cannot be served.
package struct ServerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of problem it is.
    package struct Code: Hashable, Sendable {
        private enum Value: Hashable, Sendable { case inUse, unsafe, unusable }

        private let value: Value

        /// Another daemon serves there.
        package static let inUse = Code(value: .inUse)
        /// Others could get at the socket or read the token.
        package static let unsafe = Code(value: .unsafe)
        /// A path, an address or a file cannot be used.
        package static let unusable = Code(value: .unusable)
    }

    package let code: Code
    package let message: String
    /// The change to make.
    package let hint: String?

    package init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    package var description: String { message }
}
