import MusterAPI
import MusterClient
import MusterRuntime
import MusterSpec

extension ClientError {
    /// The same in the form that every other failure has. Never empty.
    var errors: [RuntimeError] {
        if let problem { return problem.runtimeErrors }
        let code: DiagnosticCode =
            switch code {
            case .notAllowed: .daemonRefuses
            case .unexpected: .daemonOfAnotherRelease
            case .cancelled: .interrupted
            default: .daemonUnreachable
            }
        return [RuntimeError(code, message, hint: hint)]
    }

    /// How a command ends that met this.
    var exit: MusterExit {
        guard code == .problem else { return code == .cancelled ? .failed : .daemonUnreachable }
        return switch problem?.kind {
        case .forbidden, .unauthorized: .daemonUnreachable
        case .invalid where problem?.diagnostics != nil: .invalidFile
        default: .failed
        }
    }
}

extension Problem {
    /// One error for each single failure, where there were several. Never empty.
    var runtimeErrors: [RuntimeError] {
        let own = code.flatMap(DiagnosticCode.init) ?? fallback
        guard let errors, !errors.isEmpty else { return [RuntimeError(own, detail, node: node, hint: hint)] }
        return errors.map { part in
            RuntimeError(
                part.code.flatMap(DiagnosticCode.init) ?? own,
                part.detail,
                node: part.node,
                hint: part.hint ?? hint
            )
        }
    }

    private var fallback: DiagnosticCode {
        switch kind {
        case .forbidden, .unauthorized: .daemonRefuses
        default: .requestRefused
        }
    }
}
