import MusterSpec
import MusterTesting
import Testing

@Suite("Reference of the cluster file")
struct FieldReferenceTests {
    @Test("the page in the documentation is what the table says")
    func page() { expectGenerated(FieldReference.text, "Sources/MusterSpec/MusterSpec.docc/ClusterFileReference.md") }

    @Test("every key of every level stands in it")
    func keys() {
        func names(_ fields: [Field]) -> [String] {
            fields.flatMap { [$0.name] + names(nested($0.kind)) }
        }
        let text = FieldReference.text
        for name in names(ClusterFields.root) { #expect(text.contains("| `\(name)` |")) }
        #expect(
            text.contains("## `nodes[].ssh`") && text.contains("## `runtime.docker`")
                && text.contains("## `secrets.NAME`")
        )
    }
}

/// The keys below a field, however it nests them.
func nested(_ kind: FieldKind) -> [Field] {
    switch kind {
    case .mapping(let fields), .scalarOrMapping(_, let fields): fields
    case .list(let element), .table(let element): nested(element)
    default: []
    }
}
