import Testing

@testable import MusterSSH

@Suite("Reading what servers and files say")
struct ParserTests {
    /// An unencrypted packet around a KEXINIT with the given lists.
    static func packet(_ lists: [String], type: UInt8 = 20) -> [UInt8] {
        var body = WireWriter()
        body.byte(type)
        let cookie = [UInt8](repeating: 7, count: 16)
        var bytes = body.bytes + cookie
        for list in lists {
            var writer = WireWriter()
            writer.string(Array(list.utf8))
            bytes += writer.bytes
        }
        bytes += [0, 0, 0, 0, 0]
        var packet = WireWriter()
        packet.uint32(UInt32(bytes.count + 1 + 4))
        packet.byte(4)
        return packet.bytes + bytes + [0, 0, 0, 0]
    }

    static let lists = ["k1,k2", "h1", "c1,c2", "c1", "m1", "m1", "none", "none", "", ""]

    @Test("a greeting is read with notices, version and algorithms")
    func greeting() {
        let bytes = Array("hello\r\nSSH-2.0-OpenSSH_9.2\r\n".utf8) + Self.packet(Self.lists) + [1, 2, 3]
        let greeting = ServerGreeting(bytes)
        #expect(greeting.notices == ["hello"])
        #expect(greeting.version == "SSH-2.0-OpenSSH_9.2")
        let offer = AlgorithmLists(keyExchange: ["k1", "k2"], hostKey: ["h1"], cipher: ["c1", "c2"], mac: ["m1"])
        #expect(greeting.offer == offer)
    }

    @Test("a greeting cut anywhere gives less, and never traps")
    func truncated() {
        let bytes = Array("SSH-2.0-x\n".utf8) + Self.packet(Self.lists)
        // The padding at the end is not looked at.
        for count in 0..<(bytes.count - 4) { #expect(ServerGreeting(Array(bytes.prefix(count))).offer == nil) }
    }

    @Test("random bytes after a version are no offer, and never trap")
    func garbage() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let noise = (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
            _ = ServerGreeting(Array("SSH-2.0-x\n".utf8) + noise)
            _ = PrivateKeyHeader(noise)
            _ = KnownHosts.parse(String(decoding: noise, as: UTF8.self))
            _ = AgentMessages.identities(noise)
            _ = AgentMessages.signature([14] + noise)
        }
    }

    @Test("only kinds of algorithm without a common one are mismatches")
    func mismatches() {
        let ours = AlgorithmLists(keyExchange: ["k2"], hostKey: ["h9"], cipher: ["c1"], mac: ["m1"])
        let theirs = AlgorithmLists(keyExchange: ["k1", "k2"], hostKey: ["h1"], cipher: ["c1"], mac: ["m1"])
        #expect(
            ours.mismatches(withServer: theirs) == [
                "no common host key algorithm: the server offers `h1`, this libssh2 has `h9`"
            ]
        )
        #expect(ours.mismatches(withServer: ours) == [])
    }

    @Test(
        "packets that are no KEXINIT are refused",
        arguments: [
            [], [0, 0, 0, 0, 0], [255, 255, 255, 255, 4], [0, 0, 0, 2, 9, 20],
            ParserTests.packet(ParserTests.lists, type: 1),
        ]
    )
    func notKexInit(bytes: [UInt8]) {
        #expect(AlgorithmLists(packet: bytes) == nil)
    }

    @Test("base64 decodes what it encodes, padded or not", arguments: 0..<40)
    func base64(count: Int) {
        let bytes = (0..<count).map { UInt8($0 * 6 % 256) }
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        #expect(Base64.decode(Base64.encode(bytes, padded: false)) == bytes)
    }

    @Test("text that is not base64 is refused", arguments: ["a", "ab!d", "abcde", "é"])
    func notBase64(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("an agent's answer is read, and one cut short is not")
    func agentAnswer() {
        var writer = WireWriter()
        writer.byte(12)
        writer.uint32(1)
        writer.string([0, 0, 0, 2, 97, 98])
        writer.string(Array("note".utf8))
        #expect(AgentMessages.identities(writer.bytes)?.map(\.comment) == ["note"])
        #expect(AgentMessages.identities(writer.bytes)?.first?.algorithm == "ab")
        for count in 0..<writer.bytes.count {
            #expect(AgentMessages.identities(Array(writer.bytes.prefix(count))) == nil)
        }
    }
}

@Suite("Reading private key headers")
struct PrivateKeyHeaderTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var encrypted: Bool?
        var testDescription: String { name }
    }

    private static func openSSH(cipher: String, secrets: Int = 8, type: String = "ssh-ed25519") -> String {
        var key = WireWriter()
        key.string(Array(type.utf8))
        var blob = WireWriter()
        for text in [cipher, "bcrypt", "opts"] { blob.string(Array(text.utf8)) }
        blob.uint32(1)
        blob.string(key.bytes)
        blob.string([UInt8](repeating: 1, count: secrets))
        let body = Base64.encode(Array("openssh-key-v1\0".utf8) + blob.bytes)
        return "-----BEGIN OPENSSH PRIVATE KEY-----\n\(body)\n-----END OPENSSH PRIVATE KEY-----\n"
    }

    private static func pem(_ label: String, _ body: String) -> String {
        "-----BEGIN \(label)-----\n\(body)\n-----END \(label)-----\n"
    }

    static let rows: [Row] = [
        Row(name: "plain OpenSSH", text: openSSH(cipher: "none"), encrypted: false),
        Row(name: "encrypted OpenSSH", text: openSSH(cipher: "aes256-ctr"), encrypted: true),
        Row(
            name: "OpenSSH with CRLF",
            text: openSSH(cipher: "none").split(separator: "\n").joined(separator: "\r\n"),
            encrypted: false
        ),
        Row(name: "OpenSSH without secrets", text: openSSH(cipher: "none", secrets: 0), encrypted: nil),
        Row(name: "OpenSSH of one byte", text: pem("OPENSSH PRIVATE KEY", "AA=="), encrypted: nil),
        Row(name: "OpenSSH that is no base64", text: pem("OPENSSH PRIVATE KEY", "!!"), encrypted: nil),
        Row(name: "plain PEM", text: pem("RSA PRIVATE KEY", "AAAA"), encrypted: false),
        Row(
            name: "encrypted PEM",
            text: pem("EC PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA"),
            encrypted: true
        ),
        Row(name: "PKCS 8", text: pem("PRIVATE KEY", "AAAA"), encrypted: false),
        Row(name: "encrypted PKCS 8", text: pem("ENCRYPTED PRIVATE KEY", "AAAA"), encrypted: true),
        Row(name: "a certificate", text: pem("CERTIFICATE", "AAAA"), encrypted: nil),
        Row(name: "no end", text: "-----BEGIN PRIVATE KEY-----\nAAAA\n", encrypted: nil),
        Row(name: "a public key", text: "ssh-ed25519 AAAA me\n", encrypted: nil),
        Row(name: "nothing", text: "", encrypted: nil),
    ]

    @Test("encryption is told without the passphrase", arguments: rows)
    func header(row: Row) {
        #expect(PrivateKeyHeader(Array(row.text.utf8))?.isEncrypted == row.encrypted)
    }

    @Test("the algorithm is read from the clear part of an encrypted key")
    func algorithm() {
        let bytes = Array(Self.openSSH(cipher: "aes256-ctr").utf8)
        #expect(PrivateKeyHeader(bytes)?.algorithm == "ssh-ed25519")
    }
}
