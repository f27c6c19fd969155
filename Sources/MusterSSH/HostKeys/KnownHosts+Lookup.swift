import Crypto

extension KnownHosts {
    /// What the files say about `key`, presented by `host` on `port`.
    ///
    /// A key revoked anywhere is revoked, else a match anywhere is a match. A host known by keys of other types only is
    /// `changed` too: the key exchange asks for a known type first, so a server that has one presents it.
    public func lookup(host: String, port: Int, keyType: String, key: [UInt8]) -> Answer {
        let mine = entries(host: host, port: port)
        if let revoked = mine.first(where: { $0.isRevoked && $0.key == key }) {
            return .revoked(location: revoked.location)
        }
        let valid = mine.filter { !$0.isRevoked }
        if let match = valid.first(where: { $0.key == key }) { return .match(location: match.location) }
        guard !valid.isEmpty else { return .unknown }
        let sameType = valid.filter { $0.keyType == keyType }
        return .changed(
            (sameType.isEmpty ? valid : sameType).map { entry in
                Known(keyType: entry.keyType, fingerprint: Self.fingerprint(of: entry.key), location: entry.location)
            }
        )
    }

    /// The types of the keys known for a host, in file order. A key exchange that prefers them does not mistake a
    /// host's second key for a changed one.
    public func preferredKeyTypes(host: String, port: Int) -> [String] {
        var types: [String] = []
        for entry in entries(host: host, port: port) where !entry.isRevoked && !types.contains(entry.keyType) {
            types.append(entry.keyType)
        }
        return types
    }

    /// `SHA256:` and the unpadded base64 of the hash of a key in wire format, as `ssh-keygen -l` prints it.
    public static func fingerprint(of key: [UInt8]) -> String {
        "SHA256:" + Base64.encode(SHA256.hash(data: key), padded: false)
    }

    /// The line that `acceptNew` appends for a key.
    public static func line(host: String, port: Int, keyType: String, key: [UInt8]) -> String {
        "\(lookupName(host: host, port: port)) \(keyType) \(Base64.encode(key))"
    }

    /// The name a host goes by in the files: in brackets with its port unless that is 22; lower-case.
    static func lookupName(host: String, port: Int) -> String {
        port == 22 ? host.lowercased() : "[\(host.lowercased())]:\(port)"
    }

    private func entries(host: String, port: Int) -> [Entry] {
        let name = Self.lookupName(host: host, port: port)
        return entries.filter { $0.pattern.matches(name) }
    }
}

/// The names of a line: either one hashed name, or patterns with wildcards and negation.
enum HostPattern: Sendable, Hashable {
    case hashed(salt: [UInt8], hash: [UInt8])
    case patterns([String])

    /// `nil` if the text starts like a hashed name and is none.
    init?(_ text: String) {
        guard text.hasPrefix("|") else {
            self = .patterns(text.lowercased().split(separator: ",").map(String.init))
            return
        }
        let parts = text.split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[1] == "1", let salt = Base64.decode(parts[2]),
            let hash = Base64.decode(parts[3]), hash.count == Insecure.SHA1.byteCount
        else { return nil }
        self = .hashed(salt: salt, hash: hash)
    }

    func matches(_ name: String) -> Bool {
        switch self {
        case .hashed(let salt, let hash):
            return HMAC<Insecure.SHA1>.isValidAuthenticationCode(
                hash,
                authenticating: Array(name.utf8),
                using: SymmetricKey(data: salt)
            )
        case .patterns(let patterns):
            var matched = false
            for pattern in patterns {
                if pattern.hasPrefix("!") {
                    if Self.wildcard(pattern.utf8.dropFirst(), name.utf8[...]) { return false }
                } else {
                    matched = matched || Self.wildcard(pattern.utf8[...], name.utf8[...])
                }
            }
            return matched
        }
    }

    /// `*` is any number of characters and `?` one. Linear: after a mismatch only the last `*` takes one more.
    private static func wildcard(_ pattern: Substring.UTF8View, _ name: Substring.UTF8View) -> Bool {
        var (p, n) = (pattern.startIndex, name.startIndex)
        var star: (pattern: Substring.UTF8View.Index, name: Substring.UTF8View.Index)?
        while n < name.endIndex {
            if p < pattern.endIndex, pattern[p] == UInt8(ascii: "*") {
                p = pattern.index(after: p)
                star = (p, n)
            } else if p < pattern.endIndex, pattern[p] == UInt8(ascii: "?") || pattern[p] == name[n] {
                p = pattern.index(after: p)
                n = name.index(after: n)
            } else if let last = star {
                n = name.index(after: last.name)
                p = last.pattern
                star = (p, n)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
