import MusterSpec
import Testing

@Suite("Redacted")
struct RedactedTests {
    private static let secret = "hunter2-hunter2"

    private struct Holder {
        var token = Redacted(RedactedTests.secret)
        var list = [Redacted(RedactedTests.secret)]
        var optional: Redacted? = Redacted(RedactedTests.secret)
    }

    @Test("no way of printing shows it")
    func printing() {
        let secret = Redacted(Self.secret)
        var dumped = ""
        dump(Holder(), to: &dumped)
        var debug = ""
        debugPrint(Holder(), secret, [secret], ["k": secret], to: &debug)
        let texts = [
            "\(secret)", "\(Holder())", String(describing: secret), String(reflecting: Holder()), "\([secret])", dumped,
            debug,
            "\(Mirror(reflecting: secret).children.map { "\($0.value)" })", "\(Optional(secret) as Any)",
        ]
        for text in texts { #expect(!text.contains("hunter2")) }
        #expect(texts[0] == "[redacted]")
    }

    @Test("its mirror has no children, two levels deep")
    func mirror() {
        let mirror = Mirror(reflecting: Redacted(Self.secret))
        #expect(mirror.children.isEmpty)
        #expect(mirror.superclassMirror == nil)
    }

    @Test("a call that says what it does gives it out, and equality works")
    func revealed() {
        #expect(Redacted(Self.secret).revealed() == Self.secret)
        #expect(Redacted("a") == Redacted("a") && Redacted("a") != Redacted("b"))
    }
}
