import Testing

@testable import MusterSSH

@Suite("Looking up known hosts")
struct KnownHostsTests {
    /// A key blob of a type, told apart by one byte.
    static func key(_ type: String, _ byte: UInt8) -> [UInt8] {
        var writer = WireWriter()
        writer.string(Array(type.utf8))
        writer.string([byte])
        return writer.bytes
    }

    static func line(_ names: String, _ type: String = "ssh-ed25519", _ byte: UInt8 = 1) -> String {
        "\(names) \(type) \(Base64.encode(key(type, byte))) comment\n"
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var names: String
        var host: String
        var port = 22
        var matches: Bool
        var testDescription: String { "\(names) for \(host):\(port)" }
    }

    static let rows: [Row] = [
        Row(names: "node", host: "node", matches: true),
        Row(names: "node", host: "NODE", matches: true),
        Row(names: "NODE", host: "node", matches: true),
        Row(names: "node", host: "node", port: 2222, matches: false),
        Row(names: "[node]:2222", host: "node", port: 2222, matches: true),
        Row(names: "[node]:2222", host: "node", matches: false),
        Row(names: "a,node,b", host: "node", matches: true),
        Row(names: "node*", host: "node12", matches: true),
        Row(names: "node?", host: "node12", matches: false),
        Row(names: "node??", host: "node12", matches: true),
        Row(names: "*.example.com", host: "a.b.example.com", matches: true),
        Row(names: "*.example.com", host: "example.com", matches: false),
        Row(names: "*a*b*c", host: "xxaxxbxxbxc", matches: true),
        Row(names: "*a*b*c", host: "xxaxxbxxbxcd", matches: false),
        Row(names: "node*,!node7", host: "node7", matches: false),
        Row(names: "!node7,node*", host: "node7", matches: false),
        Row(names: "!node7,node*", host: "node8", matches: true),
        Row(names: "!node7", host: "node8", matches: false),
        Row(names: "[10.0.0.*]:*", host: "10.0.0.9", port: 2200, matches: true),
        Row(names: "", host: "node", matches: false),
    ]

    @Test("names match as OpenSSH matches them", arguments: rows)
    func names(row: Row) {
        let known = KnownHosts.parse(Self.line(row.names))
        let answer = known.lookup(
            host: row.host,
            port: row.port,
            keyType: "ssh-ed25519",
            key: Self.key("ssh-ed25519", 1)
        )
        #expect(answer == (row.matches ? .match(location: "known_hosts:1") : .unknown))
    }

    @Test("a hashed name made by ssh-keygen is found, and no other")
    func hashed() {
        // HMAC-SHA1 of `node` under the salt of twenty zero bytes.
        let known = KnownHosts.parse(Self.line("|1|AAAAAAAAAAAAAAAAAAAAAAAAAAA=|6Ya48CKgkO+dNHx1ImgWZ07aed8="))
        #expect(known.entries.count == 1)
        let key = Self.key("ssh-ed25519", 1)
        #expect(
            known.lookup(host: "node", port: 22, keyType: "ssh-ed25519", key: key) == .match(location: "known_hosts:1")
        )
        #expect(known.lookup(host: "other", port: 22, keyType: "ssh-ed25519", key: key) == .unknown)
    }

    @Test("another key of a known host is changed, with the fingerprint and line of the known one")
    func changed() {
        let known = KnownHosts.parse("# comment\n\n" + Self.line("node"))
        let answer = known.lookup(host: "node", port: 22, keyType: "ssh-ed25519", key: Self.key("ssh-ed25519", 2))
        let fingerprint = KnownHosts.fingerprint(of: Self.key("ssh-ed25519", 1))
        #expect(
            answer
                == .changed([
                    .init(keyType: "ssh-ed25519", fingerprint: fingerprint, location: "known_hosts:3")
                ])
        )
    }

    @Test("a revoked key is revoked wherever it stands, and another key of that host is unknown")
    func revoked() {
        let known = KnownHosts.parse(Self.line("node") + "@revoked " + Self.line("*"))
        let key = Self.key("ssh-ed25519", 1)
        #expect(
            known.lookup(host: "node", port: 22, keyType: "ssh-ed25519", key: key)
                == .revoked(location: "known_hosts:2")
        )
        let other = Self.key("ssh-ed25519", 2)
        #expect(known.lookup(host: "x", port: 22, keyType: "ssh-ed25519", key: other) == .unknown)
    }

    @Test("the types known for a host come in file order, once each, without revoked ones")
    func types() {
        let text =
            Self.line("node", "ecdsa-sha2-nistp256") + Self.line("node") + Self.line("node", "ssh-ed25519", 9)
            + "@revoked " + Self.line("node", "ssh-rsa")
        #expect(
            KnownHosts.parse(text).preferredKeyTypes(host: "node", port: 22) == ["ecdsa-sha2-nistp256", "ssh-ed25519"]
        )
    }

    @Test(
        "a line that makes no sense is skipped with a note",
        arguments: [
            "node", "node ssh-ed25519", "node ssh-ed25519 !!!", "@what node ssh-ed25519 AAAA",
            "@cert-authority * ssh-ed25519 AAAA", "|1|zz|zz ssh-ed25519 AAAAC3NzaC1lZDI1NTE5",
            "node ssh-rsa AAAAC3NzaC1lZDI1NTE5",
        ]
    )
    func malformed(line: String) {
        let known = KnownHosts.parse(line)
        #expect(known.entries.isEmpty)
        #expect(known.notes.count == 1)
    }

    @Test("the line added for a new host is found again")
    func added() {
        let key = Self.key("ssh-ed25519", 3)
        let line = KnownHosts.line(host: "Node", port: 2222, keyType: "ssh-ed25519", key: key)
        let known = KnownHosts.parse(line)
        #expect(
            known.lookup(host: "node", port: 2222, keyType: "ssh-ed25519", key: key)
                == .match(location: "known_hosts:1")
        )
    }
}
