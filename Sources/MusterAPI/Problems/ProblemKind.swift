/// What kind of failure a problem is: the one table from kinds to HTTP statuses, and with it, who has to act.
package enum ProblemKind: String, CaseIterable, Hashable, Sendable {
    /// The request cannot be read: whoever wrote the client acts.
    case malformed
    /// No token or a wrong one.
    case unauthorized
    /// The one who asks is known and may not.
    case forbidden
    /// There is nothing of this name.
    case notFound = "not_found"
    /// The path exists, with other methods.
    case methodNotAllowed = "method_not_allowed"
    /// What is asked for does not go with what is: down before forget, another plan runs, busy.
    case conflict
    /// The body is too long.
    case tooLarge = "too_large"
    /// The request can be read and what it says is wrong: the cluster file, an unknown node, two targets. Whoever wrote
    /// the file acts.
    case invalid
    /// A fault of the daemon.
    case `internal`
    /// A node did not do what it was told: whoever runs the node acts.
    case nodeFailed = "node_failed"
    /// The daemon cannot now: it starts, stops, or has no space. Whoever runs the daemon acts, or time does.
    case unavailable
    /// A node did not answer in time.
    case timedOut = "timed_out"

    package var status: Int {
        switch self {
        case .malformed: 400
        case .unauthorized: 401
        case .forbidden: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .conflict: 409
        case .tooLarge: 413
        case .invalid: 422
        case .internal: 500
        case .nodeFailed: 502
        case .unavailable: 503
        case .timedOut: 504
        }
    }

    /// The same for every problem of the kind.
    package var title: String {
        switch self {
        case .malformed: "the request cannot be read"
        case .unauthorized: "a token is needed"
        case .forbidden: "not allowed"
        case .notFound: "not found"
        case .methodNotAllowed: "the method is not allowed here"
        case .conflict: "not possible in this state"
        case .tooLarge: "the request is too large"
        case .invalid: "the request cannot be done as it is"
        case .internal: "the daemon failed"
        case .nodeFailed: "a node failed"
        case .unavailable: "the daemon is not ready"
        case .timedOut: "a node did not answer in time"
        }
    }
}
