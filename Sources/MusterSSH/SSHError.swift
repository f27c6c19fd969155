/// A failure of an SSH operation, worded so that a person can act on it.
///
/// `message` is lower-case, has no trailing period and says what was found and what was expected; `hint` names the
/// next thing to try. Timeout, cancellation and loss of the connection are three different codes.
public struct SSHError: Error, Sendable {
    /// What went wrong, for programs.
    public var code: Code
    /// What was found and what was expected, for people.
    public var message: String
    /// What to change or run next, when that is known.
    public var hint: String?
    /// What the person called the host this is about.
    public var target: String
    /// The error that led to this one.
    public var cause: (any Error)?

    /// Creates an error about `target`.
    public init(_ code: Code, _ message: String, target: String, hint: String? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.target = target
        self.cause = cause
    }

    /// The same error about a differently named host.
    func about(_ alias: String) -> SSHError {
        var copy = self
        copy.target = alias
        return copy
    }
}

extension SSHError: CustomStringConvertible {
    /// The host, the message, the hint and the chain of causes, on one line.
    public var description: String {
        var text = target.isEmpty ? message : "\(target): \(message)"
        if let cause { text += " (\(cause))" }
        if let hint { text += "; hint: \(hint)" }
        return text
    }
}
