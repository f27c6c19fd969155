import Glibc
import MusterTerminal
import MusterTesting
import Testing

@Suite("DisplayWidth")
struct DisplayWidthTests {
    @Test(
        "counts cells, not characters",
        arguments: [
            ("", 0), ("abc", 3), ("ä", 1), ("a\u{308}", 1), ("日本", 4), ("ｗｉｄｅ", 8), ("한국", 4), ("🚀", 2), ("✅", 2),
            ("❤\u{FE0F}", 1), ("🌡", 1), ("\u{200B}", 0), ("a\tb", 3), ("a\u{7}b", 2), ("\u{1112}\u{1161}\u{11AB}", 2),
            ("…", 1),
        ]
    )
    func cells(_ text: String, _ width: Int) { #expect(DisplayWidth.of(text) == width) }

    @Test("agrees with the C library about every scalar that both know")
    func library() throws {
        // The header hides it from Swift behind a feature macro.
        typealias WCWidth = @convention(c) (wchar_t) -> Int32
        let symbol = try #require(dlsym(nil, "wcwidth"))
        let wcwidth = unsafeBitCast(symbol, to: WCWidth.self)
        let locale = try #require(newlocale(LC_CTYPE_MASK, "C.UTF-8", nil))
        let previous = uselocale(locale)
        defer {
            uselocale(previous)
            freelocale(locale)
        }
        var differing: [String] = []
        for value in UInt32(0x20)...0x3FFFD {
            // One sign became a spacing one in a later Unicode than the C library's.
            guard let scalar = Unicode.Scalar(value), value != 0x1171E else { continue }
            let theirs = Int(wcwidth(wchar_t(value)))
            switch scalar.properties.generalCategory {
            // What a terminal does with formatting characters, the C library does not decide.
            case .format, .unassigned, .control, .privateUse: continue
            default:
                if theirs >= 0, DisplayWidth.of(String(scalar)) != theirs { differing.append(String(value, radix: 16)) }
            }
        }
        #expect(differing.isEmpty, "\(differing.count): \(differing.prefix(40))")
    }

    @Test(
        "cuts to fit and says so",
        arguments: [
            ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("日本語", 6, "日本語"), ("日本語", 5, "日本…"), ("日本語", 4, "日…"),
            ("日本語", 1, "…"), ("abc", 0, ""), ("", 0, ""), ("abc", -1, ""), ("a\u{308}bc", 2, "a\u{308}…"),
        ]
    )
    func fit(_ text: String, _ width: Int, _ expected: String) { #expect(DisplayWidth.fit(text, width) == expected) }

    @Test("fits into every width, whatever the text")
    func alwaysFits() {
        var random = SeededRandom(seed: 3)
        let alphabet = Array("ab ä日本🚀e\u{301}\u{200B}…")
        for _ in 0..<2000 {
            let text = String(
                (0..<Int.random(in: 0...12, using: &random)).map { _ in
                    alphabet[Int.random(in: alphabet.indices, using: &random)]
                }
            )
            let width = Int.random(in: 0...14, using: &random)
            let fitted = DisplayWidth.fit(text, width)
            #expect(DisplayWidth.of(fitted) <= width)
            #expect((fitted == text) == (DisplayWidth.of(text) <= width))
            #expect(DisplayWidth.of(DisplayWidth.pad(fitted, width)) == width)
        }
    }

    @Test(
        "pads to a width and never cuts",
        arguments: [("ab", 4, "ab  "), ("日本", 5, "日本 "), ("abc", 2, "abc"), ("", 2, "  ")]
    )
    func pad(_ text: String, _ width: Int, _ expected: String) { #expect(DisplayWidth.pad(text, width) == expected) }
}
