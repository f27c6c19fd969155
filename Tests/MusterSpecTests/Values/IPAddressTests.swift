import MusterSpec
import Testing

@Suite("IP addresses")
struct IPAddressTests {
    @Test(
        "addresses",
        arguments: [
            "10.0.0.1", "0.0.0.0", "255.255.255.255", "::", "::1", "fe80::1", "FD00::a:b", "1:2:3:4:5:6:7:8", "1::",
            "1:2:3:4:5:6:7::",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        ]
    )
    func valid(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.text == text.lowercased())
        #expect(address.isIPv6 == text.contains(":"))
        #expect(address.bracketed == (address.isIPv6 ? "[\(address.text)]" : text))
    }

    @Test(
        "no addresses",
        arguments: [
            "", "1", "1.2.3", "1.2.3.4.5", "256.0.0.1", "010.0.0.1", "1.2.3.4 ", "a.b.c.d", ":", ":::", "1::2::3",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9", "12345::", "g::", "1:2:3:4:5:6:7::8", "fe80::1%eth0", "[::1]", "1.2.3.-4", "+1.2.3.4",
            "::1.2.3.4", ":1", "1:", ":1::2", "1::2:", "1:::2", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "+f::",
            "1..2.3",
            ".1.2.3", "1.2.3.", "00.0.0.0", "1.2.3.0004", "fe80::é", "99999999999999999999.1.1.1",
        ]
    )
    func invalid(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("one address in two spellings is one address")
    func equality() throws {
        let spellings = ["fd00::1", "FD00:0:0::1", "fd00:0::1"]
        let addresses = try spellings.map { try #require(IPAddress($0)) }
        #expect(Set(addresses).count == 1)
        #expect(try #require(IPAddress(spellings[0] + "1")) != addresses[0])
    }

    @Test(
        "kinds",
        arguments: [
            ("127.0.0.1", "loopback"), ("127.1.2.3", "loopback"), ("::1", "loopback"), ("169.254.0.1", "link-local"),
            ("fe80::1", "link-local"), ("febf::1", "link-local"), ("fec0::1", "-"), ("0.0.0.0", "unspecified"),
            ("::", "unspecified"),
            ("10.0.0.1", "-"), ("fd00::1", "-"), ("128.0.0.1", "-"),
        ]
    )
    func kinds(text: String, kind: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.isLoopback == (kind == "loopback"))
        #expect(address.isLinkLocal == (kind == "link-local"))
        #expect(address.isUnspecified == (kind == "unspecified"))
    }
}
