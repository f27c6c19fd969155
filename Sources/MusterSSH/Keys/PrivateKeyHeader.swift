/// What can be told of a private key file without its passphrase.
///
/// Looking first is what keeps libssh2 (rather, OpenSSL under it) from asking for a passphrase on the terminal.
struct PrivateKeyHeader: Sendable, Hashable {
    /// The container of the key.
    enum Format: Sendable, Hashable { case openSSH, pem, pkcs8 }

    var format: Format
    var isEncrypted: Bool
    /// `ssh-ed25519` and the like; `nil` where the format does not say it in clear text.
    var algorithm: String?
    /// The public key in wire format, where the format has it in clear text.
    var publicKey: [UInt8]?

    /// The seed of an unencrypted ed25519 key.
    var seed: [UInt8]?

    /// Reads the file's bytes; `nil` if they are no private key that libssh2 could read.
    init?(_ bytes: [UInt8]) {
        let lines = String(decoding: bytes, as: UTF8.self)
            .split(whereSeparator: \.isNewline)
            .map { $0.trimmingWhitespace }
        guard let begin = lines.firstIndex(where: { $0.hasPrefix("-----BEGIN ") && $0.hasSuffix("-----") }) else {
            return nil
        }
        let label = lines[begin].dropFirst(11).dropLast(5)
        guard let end = lines[begin...].firstIndex(of: "-----END \(label)-----") else { return nil }
        let body = lines[(begin + 1)..<end]
        switch label {
        case "OPENSSH PRIVATE KEY": self.init(openSSH: body.joined())
        case "RSA PRIVATE KEY": self.init(pem: body, algorithm: "ssh-rsa")
        case "DSA PRIVATE KEY": self.init(pem: body, algorithm: "ssh-dss")
        case "EC PRIVATE KEY": self.init(pem: body, algorithm: nil)
        case "PRIVATE KEY": self.init(format: .pkcs8, isEncrypted: false)
        case "ENCRYPTED PRIVATE KEY": self.init(format: .pkcs8, isEncrypted: true)
        default: return nil
        }
    }

    private init(format: Format, isEncrypted: Bool, algorithm: String? = nil, publicKey: [UInt8]? = nil) {
        self.format = format
        self.isEncrypted = isEncrypted
        self.algorithm = algorithm
        self.publicKey = publicKey
    }

    /// RFC 1421 headers come before the base64 of a traditional PEM key.
    private init(pem body: ArraySlice<String>, algorithm: String?) {
        let encrypted = body.contains { $0.hasPrefix("Proc-Type:") && $0.contains("ENCRYPTED") }
        self.init(format: .pem, isEncrypted: encrypted, algorithm: algorithm)
    }

    /// The layout is in OpenSSH's `PROTOCOL.key`: a magic, cipher, kdf, kdf options, key count, public key, secrets.
    private init?(openSSH text: String) {
        guard let blob = Base64.decode(text) else { return nil }
        var reader = WireReader(blob)
        guard let magic = reader.raw(15), Array(magic) == Array("openssh-key-v1\0".utf8),
            let cipher = reader.text(), reader.text() != nil, reader.string() != nil,
            reader.uint32() == 1, let publicKey = reader.string(), let secrets = reader.string(), !secrets.isEmpty
        else { return nil }
        var key = WireReader(publicKey)
        guard let algorithm = key.text() else { return nil }
        self.init(format: .openSSH, isEncrypted: cipher != "none", algorithm: algorithm, publicKey: publicKey)
        if cipher == "none" && algorithm == "ssh-ed25519" { seed = Self.seed(secrets) }
    }

    /// Two equal check numbers, then type, public key, and the seed followed by the public key again.
    private static func seed(_ secrets: [UInt8]) -> [UInt8]? {
        var reader = WireReader(secrets)
        guard let check = reader.uint32(), reader.uint32() == check, reader.text() == "ssh-ed25519",
            let publicKey = reader.string(), publicKey.count == 32, let pair = reader.string(), pair.count == 64,
            Array(pair.suffix(32)) == publicKey
        else { return nil }
        return Array(pair.prefix(32))
    }
}

extension StringProtocol {
    /// The text without white space at either end.
    var trimmingWhitespace: String {
        let front = drop { $0.isWhitespace }
        guard let last = front.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(front[...last])
    }
}
