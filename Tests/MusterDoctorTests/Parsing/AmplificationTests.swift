import MusterDoctor
import MusterSpec
import Testing

/// A small text must not come to a large document: what is repeated in a document is short.
@Suite("Sizes of documents")
struct AmplificationTests {
    /// Every line many times, and one word of one of them as long as all of them together.
    private static func texts(of sample: String) -> [[UInt8]] {
        let lines = sample.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let long = String(repeating: "a", count: 20_000)
        var texts: [[UInt8]] = []
        for place in lines.indices {
            for at in lines[place].indices
            where lines[place][at] == " " || lines[place][at] == "\"" || at == lines[place].startIndex {
                var changed = lines
                changed[place].insert(contentsOf: long, at: at)
                let before = changed[..<place].map { $0 + "\n" }.joined()
                let behind = changed[(place + 1)...].map { String(repeating: $0 + "\n", count: 100) }.joined()
                texts.append(Array((before + changed[place] + "\n" + behind).utf8))
            }
            let many = lines.enumerated().map { line in
                String(repeating: line.element + "\n", count: line.offset == place ? 400 : 1)
            }
            texts.append(Array(many.joined().utf8))
        }
        return texts
    }

    @Test("a long word and many lines do not multiply", arguments: ParserKind.allCases)
    func sizes(kind: ParserKind) {
        for sample in Samples.of(kind) {
            for bytes in Self.texts(of: sample) {
                let document = kind.read(bytes)
                let size = document.json.compact.utf8.count + document.lines.reduce(0) { $0 + $1.utf8.count + 1 }
                #expect(size < 24 * bytes.count + 8192, "\(kind.rawValue): \(size) bytes from \(bytes.count)")
            }
        }
    }
}
