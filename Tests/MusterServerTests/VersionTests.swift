import MusterAPI
import Testing

@Suite("APIVersion")
struct VersionTests {
    @Test("paths begin with the version")
    func path() { #expect(APIVersion.path == "v1") }
}
