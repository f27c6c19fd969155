import Foundation

/// What differs from run to run, made the same for a golden.
package enum GoldenFilter {
    /// `:40123` becomes `:[PORT]`, `port 40123` becomes `port [PORT]`.
    package static func ports(_ text: String) -> String {
        replace(#"(?<=:|\bport )[0-9]{2,5}\b"#, in: text, with: "[PORT]")
    }

    /// `pid 123` and `pid=123` lose the number.
    package static func pids(_ text: String) -> String {
        replace(#"(?<=\bpid[ =])[0-9]+\b"#, in: text, with: "[PID]")
    }

    /// `1.5s`, `20 ms`, `2m10s` become `[TIME]`.
    package static func durations(_ text: String) -> String {
        replace(#"\b[0-9]+(\.[0-9]+)? ?(ms|s|m|h)([0-9]+(ms|s|m))*\b"#, in: text, with: "[TIME]")
    }

    /// A folder that exists only for this run.
    package static func path(_ path: String, as name: String = "[DIR]", _ text: String) -> String {
        text.replacingOccurrences(of: path, with: name)
    }

    /// 64 hexadecimal digits become `[SHA256]`.
    package static func digests(_ text: String) -> String {
        replace(#"\b[0-9a-f]{64}\b"#, in: text, with: "[SHA256]")
    }

    private static func replace(_ pattern: String, in text: String, with replacement: String) -> String {
        text.replacingOccurrences(of: pattern, with: replacement, options: .regularExpression)
    }
}
