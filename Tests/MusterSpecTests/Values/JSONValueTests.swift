import MusterSpec
import OrderedCollections
import Testing

@Suite("JSON values")
struct JSONValueTests {
    @Test("compact text is as Python's json.dumps writes it")
    func compact() {
        let value: JSONValue = ["b": [1, true, .null, .number(0.5)], "a": ["x": "y"], "e": [], "o": .object([:])]
        #expect(value.compact == #"{"b": [1, true, null, 0.5], "a": {"x": "y"}, "e": [], "o": {}}"#)
    }

    @Test("pretty text has two spaces a level and keeps the order")
    func pretty() {
        let value: JSONValue = ["b": [1], "a": .object([:])]
        #expect(value.pretty == "{\n  \"b\": [\n    1\n  ],\n  \"a\": {}\n}")
    }

    @Test(
        "strings are escaped where JSON demands it and nowhere else",
        arguments: [
            ("a\"b", #""a\"b""#), ("\\", #""\\""#), ("\n\t\r", #""\n\t\r""#), ("\0\u{1f}", #""\u0000\u001f""#),
            ("é漢👍", "\"é漢👍\""), ("/", "\"/\""),
        ]
    )
    func strings(text: String, json: String) {
        #expect(JSONValue.string(text).compact == json)
    }

    @Test("numbers without a JSON form become null")
    func numbers() {
        #expect(JSONValue.number(.infinity).compact == "null")
        #expect(JSONValue.number(.nan).compact == "null")
        #expect(JSONValue.number(1e300).compact == "1e+300")
        #expect(JSONValue.number(2).compact == "2.0")
    }

    @Test("what is absent is null")
    func optional() {
        #expect(JSONValue.optional(String?.none) == .null)
        #expect(JSONValue.optional(Int?.none) == .null)
        #expect(JSONValue.optional(3) == 3)
    }
}
