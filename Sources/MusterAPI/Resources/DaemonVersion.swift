/// Which daemon answers.
package struct DaemonVersion: Codable, Hashable, Sendable {
    /// The release.
    package var version: String
    /// The version of the API, as in its paths.
    package var api: String
    package var pid: Int32
    package var startedAt: Timestamp

    package init(version: String, api: String = APIVersion.path, pid: Int32, startedAt: Timestamp) {
        self.version = version
        self.api = api
        self.pid = pid
        self.startedAt = startedAt
    }

    private enum CodingKeys: String, CodingKey {
        case version, api, pid
        case startedAt = "started_at"
    }
}

/// How the daemon itself is, whatever its deployments are.
package struct DaemonHealth: Codable, Hashable, Sendable {
    /// One thing that was looked at.
    package struct Check: Codable, Hashable, Sendable {
        package var name: String
        package var ok: Bool
        package var text: String

        package init(name: String, ok: Bool, text: String) {
            self.name = name
            self.ok = ok
            self.text = text
        }
    }

    /// `ok`, or `degraded` when a check is not.
    package var status: String
    package var checks: [Check]

    package init(_ checks: [Check]) {
        status = checks.allSatisfy(\.ok) ? "ok" : "degraded"
        self.checks = checks
    }
}
