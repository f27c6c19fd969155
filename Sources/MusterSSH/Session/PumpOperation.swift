/// A call into libssh2 that may have to be repeated until it is done.
protocol PumpOperation: AnyObject {
    /// What is in progress, for the message of a connection that ends meanwhile.
    var purpose: String { get }
    /// The state in the session struct that this operation uses; operations of one family run one after another.
    var family: OperationFamily? { get }
    /// Whether packets from the peer can help; false for a channel whose buffer is full.
    var wantsSocket: Bool { get }
    /// Makes as much progress as is possible without blocking.
    func advance(_ session: borrowing SessionHandle) -> OperationProgress
    /// The session is gone; called at most once, and never after `.finished`.
    func fail(_ error: SSHError)
}

/// Calls that keep their state in the SESSION struct of libssh2, where two at a time would mix.
enum OperationFamily: Int {
    case handshake, authentication, open
}

/// What one `advance` came to.
enum OperationProgress {
    /// To be called again after readiness in either direction.
    case blocked
    /// To be forgotten.
    case finished
    /// The session is unusable.
    case broken(code: Int32)
}

/// One libssh2 call with a result, repeated until it has one.
final class CallOperation<Value>: PumpOperation {
    let purpose: String
    let family: OperationFamily?
    let wantsSocket = true
    private let body: (borrowing SessionHandle) -> CallOutcome<Value>
    private let completion: (Result<Value, SSHError>) -> Void

    init(
        _ purpose: String,
        family: OperationFamily?,
        body: @escaping (borrowing SessionHandle) -> CallOutcome<Value>,
        completion: @escaping (Result<Value, SSHError>) -> Void
    ) {
        self.purpose = purpose
        self.family = family
        self.body = body
        self.completion = completion
    }

    func advance(_ session: borrowing SessionHandle) -> OperationProgress {
        switch body(session) {
        case .again: return .blocked
        case .broken(let code): return .broken(code: code)
        case .value(let value):
            completion(.success(value))
            return .finished
        }
    }

    func fail(_ error: SSHError) { completion(.failure(error)) }
}

/// What one try of a `CallOperation` came to.
enum CallOutcome<Value> {
    case again
    case value(Value)
    case broken(code: Int32)
}
