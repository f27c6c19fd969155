/// What a server says in clear text before any key is agreed: lines, its version, and its `KEXINIT`.
///
/// RFC 4253, sections 4.2 and 7.1.
struct ServerGreeting: Sendable, Hashable {
    /// Lines before the version; OpenSSH says here that `MaxStartups` is exceeded.
    var notices: [String] = []
    /// The line that starts with `SSH-`.
    var version: String?
    /// The algorithms on offer, once that packet was received whole.
    var offer: AlgorithmLists?

    /// Reads as much as is there.
    init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while version == nil, let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: rest[..<end], as: UTF8.self).trimmingCarriageReturn
            rest = rest[(end + 1)...]
            if line.hasPrefix("SSH-") { version = line } else { notices.append(line) }
        }
        if version == nil {
            if !rest.isEmpty { notices.append(String(decoding: rest, as: UTF8.self)) }
            return
        }
        offer = AlgorithmLists(packet: rest)
    }
}

/// The algorithms that one side has, in its order of preference.
struct AlgorithmLists: Sendable, Hashable {
    var keyExchange: [String]
    var hostKey: [String]
    var cipher: [String]
    var mac: [String]

    init(keyExchange: [String], hostKey: [String], cipher: [String], mac: [String]) {
        self.keyExchange = keyExchange
        self.hostKey = hostKey
        self.cipher = cipher
        self.mac = mac
    }

    /// Reads an unencrypted binary packet holding `SSH_MSG_KEXINIT` (20); `nil` for anything else.
    ///
    /// Of the lists per direction the one towards the server is kept: servers offer the same both ways.
    init?(packet: some Sequence<UInt8>) {
        var reader = WireReader(packet)
        guard let length = reader.uint32(), length >= 2, length <= 35_000,
            let padding = reader.byte(), length > UInt32(padding) + 1,
            let payload = reader.raw(Int(length) - 1 - Int(padding))
        else { return nil }
        var body = WireReader(payload)
        guard body.byte() == 20, body.raw(16) != nil,
            let keyExchange = body.nameList(), let hostKey = body.nameList(),
            let cipher = body.nameList(), body.nameList() != nil,
            let mac = body.nameList(), body.nameList() != nil
        else { return nil }
        self.init(keyExchange: keyExchange, hostKey: hostKey, cipher: cipher, mac: mac)
    }

    /// One sentence part per kind of algorithm that the sides do not share; empty if they share one of each.
    func mismatches(withServer server: AlgorithmLists) -> [String] {
        let kinds: [(String, KeyPath<AlgorithmLists, [String]>)] = [
            ("key exchange", \.keyExchange), ("host key algorithm", \.hostKey), ("cipher", \.cipher), ("MAC", \.mac),
        ]
        return kinds.compactMap { name, list in
            let ours = self[keyPath: list]
            let theirs = server[keyPath: list]
            guard Set(ours).isDisjoint(with: theirs) else { return nil }
            return "no common \(name): the server offers \(theirs.quotedList), this libssh2 has \(ours.quotedList)"
        }
    }
}

extension [String] {
    /// The words in backticks, separated by commas.
    var quotedList: String { isEmpty ? "nothing" : map { "`\($0)`" }.joined(separator: ", ") }
}

extension String {
    var trimmingCarriageReturn: String { hasSuffix("\r") ? String(dropLast()) : self }
}
