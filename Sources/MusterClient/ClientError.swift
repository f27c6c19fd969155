package import MusterAPI

/// Why the daemon could not be asked, or why it did not do what it was asked.
package struct ClientError: Error, Sendable, CustomStringConvertible {
    /// What kind of problem it is.
    package struct Code: Hashable, Sendable {
        private enum Value: Hashable, Sendable {
            case noSocket, refused, notAllowed, timedOut, lost, cancelled, problem, unexpected
        }

        private let value: Value

        /// There is no socket: no daemon was ever started there, or it was stopped.
        package static let noSocket = Code(value: .noSocket)
        /// There is a socket and nobody listens: the daemon was killed.
        package static let refused = Code(value: .refused)
        /// The socket's directory belongs to another user.
        package static let notAllowed = Code(value: .notAllowed)
        /// The daemon did not answer in time.
        package static let timedOut = Code(value: .timedOut)
        /// The connection ended in the middle of an answer.
        package static let lost = Code(value: .lost)
        /// The task that asked was cancelled.
        package static let cancelled = Code(value: .cancelled)
        /// The daemon answered, and what was asked is not done; see ``ClientError/problem``.
        package static let problem = Code(value: .problem)
        /// What answered is no daemon of this API.
        package static let unexpected = Code(value: .unexpected)
    }

    package let code: Code
    package let message: String
    /// The change to make.
    package let hint: String?
    /// What the daemon said.
    package let problem: Problem?

    init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        problem = nil
    }

    init(_ problem: Problem) {
        code = .problem
        message = problem.description
        hint = problem.hint
        self.problem = problem
    }

    /// Whether there is no daemon to ask, so that the work may be done without one.
    package var isUnreachable: Bool { code == .noSocket || code == .refused || code == .notAllowed }

    package var description: String { message }
}
