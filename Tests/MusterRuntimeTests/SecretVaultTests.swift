import MusterSpec
import Testing

@testable import MusterRuntime

@Suite("SecretVault")
struct SecretVaultTests {
    @Test("a value that begins another leaves no rest of it")
    func prefixes() {
        for _ in 0..<20 {
            let vault = SecretVault()
            vault.put(["A": Redacted("c4n4ry"), "B": Redacted("c4n4ry-extended"), "C": Redacted("short")])
            #expect(vault.scrub("x c4n4ry-extended y c4n4ry short") == "x [redacted] y [redacted] short")
        }
    }
}
