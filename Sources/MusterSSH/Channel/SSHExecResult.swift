/// How a command ended and what it printed.
public struct SSHExecResult: Sendable, Hashable {
    /// The end of a command, reported by the server after all output.
    public enum Exit: Sendable, Hashable {
        /// The command returned this status.
        case status(Int32)
        /// A signal ended the command; the name has no `SIG` prefix, as in RFC 4254, section 6.10.
        case signal(String)
    }

    /// How the command ended.
    public var exit: Exit
    /// Standard output, up to the limit.
    public var stdout: [UInt8]
    /// Standard error, up to the limit.
    public var stderr: [UInt8]
    /// Whether standard output went on beyond the limit.
    public var stdoutTruncated: Bool
    /// Whether standard error went on beyond the limit.
    public var stderrTruncated: Bool

    /// Creates a result, as whatever stands in for a connection gives one.
    package init(
        exit: Exit,
        stdout: [UInt8],
        stderr: [UInt8],
        stdoutTruncated: Bool = false,
        stderrTruncated: Bool = false
    ) {
        self.exit = exit
        self.stdout = stdout
        self.stderr = stderr
        self.stdoutTruncated = stdoutTruncated
        self.stderrTruncated = stderrTruncated
    }

    /// Whether the command returned status 0.
    public var succeeded: Bool { exit == .status(0) }

    /// Standard output as text; bytes that are not UTF-8 become replacement characters.
    public var text: String { String(decoding: stdout, as: UTF8.self) }

    /// Standard error as text; bytes that are not UTF-8 become replacement characters.
    public var errorText: String { String(decoding: stderr, as: UTF8.self) }
}

extension String {
    /// At most 80 characters on one line, for messages.
    var shortened: String {
        let line = split(separator: "\n", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        return line.count > 80 || line.count < count ? line.prefix(77) + "..." : line
    }

    /// The same text with a small first letter, to continue a sentence.
    var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
