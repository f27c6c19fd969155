import MusterSpec
import Testing

@testable import MusterDoctor

@Suite("Reading JSON")
struct JSONReaderTests {
    private func value(_ text: String) throws(Damage) -> JSONValue { try JSONReader.value(of: Array(text.utf8)) }

    @Test("values of every kind keep their order")
    func values() throws {
        let text = #" {"b": [1, -2, 2.5, 1e3, true, false, null], "a": {"x": ""}, "u": "é\n\u00e9\ud83d\ude00"} "#
        #expect(
            try value(text).compact == #"{"b": [1, -2, 2.5, 1000.0, true, false, null], "a": {"x": ""}, "u": "é\né😀"}"#
        )
        #expect(try value("18446744073709551615") == .number(18_446_744_073_709_551_616))
    }

    @Test(
        "texts that are no JSON, at their place",
        arguments: [
            ("", 1, 1), ("{", 1, 2), ("[1,]", 1, 4), ("{\"a\"}", 1, 5), ("[1\n2]", 2, 1), ("\"a", 1, 3),
            ("\"\\x\"", 1, 4),
            ("nul", 1, 4), ("1 2", 1, 3), ("[+1]", 1, 2), ("{1:2}", 1, 2), ("\"\\u12", 1, 4), ("nan", 1, 2),
            ("--1", 1, 1),
        ]
    )
    func broken(text: String, line: Int, column: Int) {
        do {
            _ = try value(text)
            Issue.record("read")
        } catch {
            #expect(error.line == line && error.column == column, "\(error.message)")
        }
    }

    @Test("depth is bounded, a lone surrogate is replaced, of two names the last counts")
    func limits() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: Damage.self) { try value(deep) }
        #expect(try value(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)).elements.count == 1)
        #expect(try value(#""\ud800x""#) == "\u{fffd}x")
        #expect(try value(#"{"a":1,"a":2}"#) == ["a": 2])
    }
}
