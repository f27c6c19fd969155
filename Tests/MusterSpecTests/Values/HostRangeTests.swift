import MusterSpec
import Testing

@Suite("Host ranges")
struct HostRangeTests {
    @Test(
        "ranges",
        arguments: [
            ("a", ["a"]), ("a[1-3]", ["a1", "a2", "a3"]), ("a[01-03]b", ["a01b", "a02b", "a03b"]),
            ("a[9-11]", ["a9", "a10", "a11"]),
            ("a[1,5,7-8]", ["a1", "a5", "a7", "a8"]), ("r[1-2]n[1-2]", ["r1n1", "r1n2", "r2n1", "r2n2"]),
            ("a[098-101]", ["a098", "a099", "a100", "a101"]),
            ("10.0.0.[1-2]", ["10.0.0.1", "10.0.0.2"]), ("fd00::1", ["fd00::1"]), ("[fd00::1]", ["fd00::1"]),
            ("a[3]", ["a3"]),
            ("[1-2]", ["1", "2"]), ("fe80::1%eth0", ["fe80::1%eth0"]),
        ]
    )
    func expansion(text: String, hosts: [String]) throws {
        #expect(try HostRange.expand(text) == hosts)
    }

    @Test(
        "mistakes",
        arguments: [
            ("", .empty), ("a[1-2", .unbalanced), ("a]", .unbalanced), ("a[]", .notANumber("")),
            ("a[1-]", .notANumber("1-")),
            ("a[b]", .notANumber("b")), ("a[1,]", .notANumber("")), ("a[3-1]", .backwards("3-1")),
            ("a[0-4096]", .tooMany(4097)),
            ("a[0-99][0-99]", .tooMany(10000)), ("a b", .badCharacter(" ")), ("u@h", .badCharacter("@")),
            ("-a", .badCharacter("-")),
            ("a;b", .badCharacter(";")), ("a$(b)", .badCharacter("$")), ("ä", .badCharacter("ä")),
            ("a[1[2]]", .notANumber("1[2")),
            ("a[1234567890]", .notANumber("1234567890")),
        ] as [(String, HostRange.Problem)]
    )
    func mistakes(text: String, problem: HostRange.Problem) {
        #expect(throws: problem) { try HostRange.expand(text) }
    }

    @Test("a list inside one bracket is bounded like everything else")
    func bounded() {
        #expect(throws: HostRange.Problem.self) {
            try HostRange.expand("a[" + Array(repeating: "0-4000", count: 1000).joined(separator: ",") + "]")
        }
    }
}
