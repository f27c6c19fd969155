import MusterSpec
import Testing

@Suite("Places of keys")
struct KeyPlaceTests {
    private static let file = SourceFile(
        name: "a.yaml",
        text: """
            name: a
            runtime:
              docker: {image: x, shm: 8g}
            args:
              - trust-remote-code
            env: {NCCL_DEBUG: INFO}
            engine:
              version: 0.5.9

            """
    )

    @Test(
        "a key is found where it stands, and not where it does not",
        arguments: [
            ("name", SourceSpan(line: 1, column: 1, length: 4)),
            ("runtime.docker.shm", SourceSpan(line: 3, column: 22, length: 3)),
            ("env.NCCL_DEBUG", SourceSpan(line: 6, column: 7, length: 10)),
            ("engine.version", SourceSpan(line: 8, column: 3, length: 7)), ("engine.kind", nil),
            ("name.first", nil), ("args.trust-remote-code", nil), ("", nil),
        ] as [(String, SourceSpan?)]
    )
    func places(_ key: String, _ span: SourceSpan?) { #expect(Self.file.place(ofKey: key) == span) }

    @Test("a flag may be joined by either sign, and a file that is none has no keys")
    func flags() {
        let file = SourceFile(name: "a", text: "args: {mem_fraction_static: 0.8}\n")
        #expect(file.place(ofKey: "args.mem-fraction-static") == SourceSpan(line: 1, column: 8, length: 19))
        #expect(SourceFile(name: "a", text: "args: [").place(ofKey: "args") == nil)
    }
}
