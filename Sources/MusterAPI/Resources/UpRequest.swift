/// What `up` needs: the cluster file by its text, as the daemon does not read its callers' files.
package struct UpRequest: Codable, Hashable, Sendable {
    /// The text of the cluster file.
    package var file: String
    /// What the file is called in messages.
    package var path: String
    /// Values of the secrets that the file names.
    package var secrets: Secrets
    /// Whether another plan that runs under the name is stopped first; without it that is a conflict.
    package var replace: Bool

    package init(file: String, path: String, secrets: Secrets = [:], replace: Bool = false) {
        self.file = file
        self.path = path
        self.secrets = secrets
        self.replace = replace
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        file = try container.decode(String.self, forKey: .file)
        path = try container.decode(String.self, forKey: .path)
        secrets = try container.decodeIfPresent(Secrets.self, forKey: .secrets) ?? [:]
        replace = try container.decodeIfPresent(Bool.self, forKey: .replace) ?? false
    }
}

/// A cluster file that something is to be made of.
package struct FileRequest: Codable, Hashable, Sendable {
    /// The text of the cluster file.
    package var file: String
    /// What the file is called in messages.
    package var path: String

    package init(file: String, path: String) {
        self.file = file
        self.path = path
    }
}

/// The wish is recorded and will be worked on; what comes of it is told by the events after the cursor.
package struct Accepted: Codable, Hashable, Sendable {
    package var name: String
    /// The last event before the wish's own.
    package var cursor: Int64
    package var state: String

    package init(name: String, cursor: Int64, state: String) {
        self.name = name
        self.cursor = cursor
        self.state = state
    }
}
