package import MusterPlan
package import MusterSpec
import Synchronization

/// The secrets of one deployment, in memory and nowhere else. After a restart of the daemon they are read back from the
/// 0600 files on the nodes that needed them.
package final class SecretVault: Sendable {
    private let values = Mutex<[String: Redacted]>([:])

    package init() {}

    package func put(_ new: [String: Redacted]) {
        values.withLock { $0.merge(new) { _, new in new } }
    }

    /// The values of a plan's secrets; the names of those that are missing.
    package func take(for plan: LaunchPlan) -> (values: [(name: String, value: Redacted)], missing: [String]) {
        values.withLock { values in
            let found = plan.secrets.compactMap { secret in values[secret.name].map { (name: secret.name, value: $0) } }
            return (found, plan.secrets.map(\.name).filter { values[$0] == nil })
        }
    }

    package func value(_ name: String) -> Redacted? { values.withLock { $0[name] } }

    /// A text without any of the values in it. What is too short to be a secret would only spoil it.
    package func scrub(_ text: String) -> String {
        let known = values.withLock { $0.values.map { $0.revealed() } }.filter { $0.utf8.count >= 6 }
            // One may be the beginning of another.
            .sorted { $0.utf8.count > $1.utf8.count }
        return known.reduce(text) { $0.replacing($1, with: "[redacted]") }
    }

    /// Reads `export NAME='value'` lines, as they were staged.
    static func parse(_ bytes: [UInt8]) -> [String: Redacted] {
        let pattern = /export ([A-Za-z_][A-Za-z0-9_]*)=/
        var values: [String: Redacted] = [:]
        var rest = Substring(String(decoding: bytes, as: UTF8.self))
        while let match = rest.prefixMatch(of: pattern) {
            rest = rest[match.range.upperBound...]
            guard let (value, after) = ShellText.unquote(rest) else { return values }
            values[String(match.1)] = Redacted(value)
            rest = after.drop { $0.isNewline }
        }
        return values
    }
}
