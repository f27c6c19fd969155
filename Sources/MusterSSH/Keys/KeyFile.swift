import Crypto
import Glibc

/// A private key file, read once and judged before libssh2 sees it.
struct KeyFile {
    enum Content {
        case missing
        case unusable(SSHError.Code, String, hint: String?)
        case key([UInt8], algorithm: String?)
        /// A key that is signed with here: libssh2 would have OpenSSL guess the format of the file twice, which costs
        /// more than the rest of the authentication.
        case ed25519(Curve25519.Signing.PrivateKey, publicKey: [UInt8])
    }

    let path: String
    let content: Content
    /// The public half, where the file or the `.pub` beside it has it in clear text.
    let publicKey: [UInt8]?

    init(_ path: String) {
        self.path = path
        let read = FileBytes.read(path)
        let header = (try? read.get()).flatMap { PrivateKeyHeader($0) }
        publicKey = header?.publicKey ?? Self.publicKey(beside: path)
        switch read {
        case .failure(let failure) where failure.code == ENOENT: content = .missing
        case .failure(let failure): content = .unusable(.keyUnreadable, "\(failure)", hint: nil)
        case .success(let bytes):
            guard let header else {
                content = .unusable(
                    .keyUnreadable,
                    "`\(path)` is not a private key in OpenSSH or PEM format",
                    hint: path.hasSuffix(".pub") ? "name the private key, without `.pub`" : nil
                )
                return
            }
            guard !header.isEncrypted else {
                content = .unusable(
                    .keyNeedsPassphrase,
                    "the key `\(path)` is protected by a passphrase",
                    hint: "load it into an agent: `ssh-add \(ShellQuoting.quote(path))`"
                )
                return
            }
            if let seed = header.seed, let publicKey = header.publicKey,
                let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed)
            {
                content = .ed25519(key, publicKey: publicKey)
            } else {
                content = .key(bytes, algorithm: header.algorithm)
            }
        }
    }

    private static func publicKey(beside path: String) -> [UInt8]? {
        guard let bytes = try? FileBytes.read(path + ".pub").get() else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        return words.count >= 2 ? Base64.decode(words[1]) : nil
    }
}
