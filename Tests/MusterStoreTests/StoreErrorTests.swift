import MusterStore
import Testing

@Suite("StoreError")
struct StoreErrorTests {
    @Test("kinds are told apart")
    func kinds() { #expect(StoreError(.full, "x") != StoreError(.broken, "x")) }
}
