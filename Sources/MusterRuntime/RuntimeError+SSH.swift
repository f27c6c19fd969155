import MusterSSH
import MusterSpec

extension RuntimeError {
    /// What a failed connection means for a person, with a code that `muster explain` knows.
    init(_ error: SSHError, node: String) {
        let code = error.code == .pushFailed ? Self.pushCode(error.message) : Self.code(error.code)
        self.init(code, error.message, node: node, hint: error.hint ?? Self.pushHint(code))
    }

    private static func code(_ code: SSHError.Code) -> DiagnosticCode {
        switch code {
        case .nameResolution: .hostNotResolved
        case .refused, .unreachable: .connectionRefused
        case .timedOut: .connectionTimedOut
        case .hostKeyUnknown: .hostKeyUnknown
        case .hostKeyChanged, .hostKeyRevoked: .hostKeyChanged
        case .noCommonAlgorithm: .noCommonAlgorithm
        case .rsaKeyRefusedByLibraryAge: .rsaKeyRefused
        case .authenticationRefused: .keyRefused
        case .keyUnreadable, .keyNeedsPassphrase, .agentFailed: .keyUnusable
        case .channelLimit: .channelLimit
        case .connectionLost: .connectionLost
        default: .sshOther
        }
    }

    /// A push fails in the words of the node's own tools, which are those of strerror.
    private static func pushCode(_ message: String) -> DiagnosticCode {
        if message.contains("No space left") || message.contains("Disk quota") { return .diskFull }
        if message.contains("Read-only file system") || message.contains("Permission denied") { return .readOnly }
        return .nodeScriptFailed
    }

    private static func pushHint(_ code: DiagnosticCode) -> String? {
        switch code {
        case .diskFull: "free space there, or set `state_dir` to a directory on another file system"
        case .readOnly: "set `state_dir` to a directory the user can write to"
        default: nil
        }
    }

    /// What the node script's own refusal means.
    init(_ end: NodeReply.End, doing what: String, node: String) {
        let (reason, text): (String, String) =
            switch end {
            case .ok: ("io", "")
            case .refused(let reason, let text), .failed(let reason, let text): (reason, text)
            }
        let (code, hint): (DiagnosticCode, String?) =
            switch reason {
            case "disk-full": (.diskFull, Self.pushHint(.diskFull))
            case "read-only", "permission": (.readOnly, Self.pushHint(.readOnly))
            case "no-setsid": (.noSessionTool, "install util-linux there, or busybox, python3 or perl")
            case "locked", "not-owner": (.locked, "wait until it is done; a lock whose holder is gone breaks by itself")
            case "stale-generation": (.staleGeneration, "another muster has launched since: run `muster status`")
            case "leftovers": (.leftovers, "run `muster down` again; what is left may need root or a reset of the GPU")
            default: (.nodeScriptFailed, nil)
            }
        let words = reason == "no-setsid" ? "nothing there can start a session" : text.isEmpty ? reason : text
        self.init(code, "cannot \(what): \(words)", node: node, hint: hint)
    }
}
