/// Why a gang failed, in one answer.
package struct FailureAnswer: Hashable, Sendable {
    package let signature: FailureSignature
    /// `.victim` and `.symptom` where no log shows the fault itself.
    package let role: FailureSignature.Role
    package let source: LogSource
    /// The rank or process of it, as the engine names it.
    package let worker: String?
    /// On the common clock; nothing where no line before it had a time.
    package let time: LogInstant?
    /// The line itself, and the one that tells most beside it.
    package let evidence: [String]
    /// Other ranks, or units where lines name no rank, that failed after it.
    package let suffered: Int

    /// Whether the deployment cannot go on after it.
    package var isFatal: Bool { signature.fatality == .fatal }
}
