/// The lines of one or more known-hosts files, and what they say about a host's key.
///
/// The format is that of `sshd(8)`, "SSH_KNOWN_HOSTS FILE FORMAT". Plain and hashed names, `[host]:port`, wildcards,
/// negation and `@revoked` are understood; a `@cert-authority` line is kept out of every answer, because libssh2 1.10
/// knows no certificates, and mentioned in `notes`.
public struct KnownHosts: Sendable, Hashable {
    /// One key of one or more hosts.
    public struct Entry: Sendable, Hashable {
        /// Whether the line says that the key must never be accepted.
        public var isRevoked: Bool
        /// The names as written.
        public var hosts: String
        /// The key's type as written, such as `ssh-ed25519`.
        public var keyType: String
        /// The public key in wire format.
        public var key: [UInt8]
        /// Where the line is: the file's name, a colon, the line number.
        public var location: String

        let pattern: HostPattern
    }

    /// A key that a file has for a host.
    public struct Known: Sendable, Hashable {
        /// The key's type.
        public var keyType: String
        /// `SHA256:` and the hash in base64, as `ssh-keygen -l` prints it.
        public var fingerprint: String
        /// File and line.
        public var location: String
    }

    /// What the files say about a key that a host presented.
    public enum Answer: Sendable, Hashable {
        /// The key is the host's, says the entry at this location.
        case match(location: String)
        /// No line names the host.
        case unknown
        /// The host is known, with other keys.
        case changed([Known])
        /// The key is revoked by the entry at this location.
        case revoked(location: String)
    }

    /// The entries in order of precedence.
    public private(set) var entries: [Entry] = []
    /// Lines that were skipped, and why.
    public private(set) var notes: [String] = []

    /// No entries at all.
    public init() {}

    /// Reads the text of a file; `name` is used in locations. A line that makes no sense is skipped with a note, which
    /// fails closed: the key is then unknown.
    public static func parse(_ text: String, name: String = "known_hosts") -> KnownHosts {
        var hosts = KnownHosts()
        hosts.append(text, name: name)
        return hosts
    }

    /// Adds the lines of another file, after those already here.
    public mutating func append(_ text: String, name: String) {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\r\n" })
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            appendLine(words, at: "\(name):\(index + 1)")
        }
    }

    mutating func append(_ other: KnownHosts) {
        entries += other.entries
        notes += other.notes
    }

    private mutating func appendLine(_ words: [Substring], at location: String) {
        var words = words[...]
        var isRevoked = false
        if let marker = words.first, marker.hasPrefix("@") {
            switch marker {
            case "@revoked": isRevoked = true
            case "@cert-authority":
                notes.append("\(location): certificate authorities are not supported, the line is ignored")
                return
            default:
                notes.append("\(location): unknown marker `\(marker)`, the line is ignored")
                return
            }
            words = words.dropFirst()
        }
        guard words.count >= 3, let key = Base64.decode(words[words.startIndex + 2]) else {
            notes.append("\(location): not `names key-type base64`, the line is ignored")
            return
        }
        let hosts = String(words[words.startIndex])
        let keyType = String(words[words.startIndex + 1])
        var reader = WireReader(key)
        guard reader.text() == keyType else {
            notes.append("\(location): the key is not of type `\(keyType)`, the line is ignored")
            return
        }
        guard let pattern = HostPattern(hosts) else {
            notes.append("\(location): the hashed name is malformed, the line is ignored")
            return
        }
        entries.append(
            Entry(
                isRevoked: isRevoked,
                hosts: hosts,
                keyType: keyType,
                key: key,
                location: location,
                pattern: pattern
            )
        )
    }
}
