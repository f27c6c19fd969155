import MusterSpec
import Testing

@Suite("Engine releases")
struct EngineVersionTests {
    @Test("releases are in order")
    func order() {
        let sorted = [
            "0.4.4", "0.4.4.post1", "0.4.4.post2", "0.4.5.dev2", "0.4.5.dev10+gabc", "0.4.5rc1.dev73",
            "0.4.5rc1", "0.4.5", "0.4.5.post1.dev1", "0.4.5.post1", "0.4.10", "0.5.0rc2", "0.5.0rc10", "0.5",
            "0.5.0.1",
            "0.5.9", "0.5.10.post1", "0.11.1", "1.0",
        ].compactMap(EngineVersion.init)
        #expect(sorted.count == 19)
        for (index, earlier) in sorted.enumerated() {
            for later in sorted[(index + 1)...] {
                #expect(earlier < later && !(later < earlier) && earlier != later, "\(earlier) < \(later)")
            }
        }
    }

    @Test(
        "spellings of one release are equal",
        arguments: [
            ("0.5", "0.5.0"), ("v0.5.9", "0.5.9"), ("0.32.0", "0.32.0+cpu"), ("0.5.10.dev3+gabc", "0.5.10.dev3"),
        ]
    )
    func equal(left: String, right: String) throws {
        let (a, b) = (try #require(EngineVersion(left)), try #require(EngineVersion(right)))
        #expect(a == b && a.hashValue == b.hashValue)
        #expect(a.description == left)
    }

    @Test(
        "what is no release",
        arguments: [
            "", "5", "latest", "0..1", "0.5.", ".5", "0.5.0.0.1", "0.5.post", "0.5rc", "0.5rcx", "0.5.dev", "0.5.devx",
            "0.5.dev3.dev4", "0.5 ",
            "0.٥",
        ]
    )
    func malformed(text: String) {
        #expect(EngineVersion(text) == nil)
    }
}
