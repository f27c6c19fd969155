import MusterEngines
import Testing

@Suite("values of flags as the engines' parsers read them")
struct FlagTypeTests {
    private func accepts(_ type: String, _ value: String) -> Bool? {
        let text = "#muster.flags/1\tx\n#releases\t1.0.0\na\t00-00\tone\t\(type)\n"
        return FlagCatalog(Array(text.utf8))?.match("a", in: 0)?.flag.type?.accepts(value)
    }

    @Test(
        "what is taken",
        arguments: [
            ("integer", ["0", "-1", "+7", " 12 ", "8_192"]),
            ("number", ["1", "0.5", "-1e5", ".5", "inf", "nan", "1_0.0"]),
            ("count", ["7", "8k", "8K", "25.6k", "1m", "2G"]), ("count-or-auto", ["auto", "Auto", "-1", "8k"]),
            ("iec-count", ["7", "-1", "8k", "8Ki", "25.6k", "1M", "2Gi", "1.5T"]),
            ("boolean", ["true", "False"]), ("truth", ["no", ""]), ("text", ["", "anything at all"]),
            ("text?", ["None", ""]), ("integer?", ["None", "", "3"]), ("pairs", ["image=4", "image=4,video=1"]),
            (
                "json",
                [
                    "{}", "[1, 2.5e3]", "\"x\"", "7", "-0.5", "null", "NaN", " { \"a\" : [ true , {} ] } ",
                    #""\u00e9\n""#,
                ]
            ),
            ("array", ["[]", "[\"a\"]"]), ("object", ["{\"a\": {\"b\": []}}"]), ("object?", ["None", "{}"]),
            ("object-or-integer", ["3", "{\"level\": 3}"]), ("object-or-text", ["cpu", "{\"a\": 1}", "a{b}c"]),
        ]
    )
    func taken(type: String, values: [String]) {
        for value in values { #expect(accepts(type, value) == true, "\(type): \(value)") }
    }

    @Test(
        "what is refused",
        arguments: [
            ("integer", ["", "x", "1.0", "0x10", "_1", "1__0", "None", "1e3"]),
            ("number", ["", "x", "0x1p3", "1,5", "e5"]),
            ("count", ["", "k", "1.5K", "8kb", "8 k", "1.2.3k", "auto"]), ("boolean", ["yes", "1", ""]),
            ("count-or-auto", ["automatic"]), ("pairs", ["image", "image=x", "image=4,", ""]),
            ("iec-count", ["", "8K", "8m", "Ki", "k", "1.5Ki", "1.2.3k", "8 k", "auto"]),
            (
                "json",
                [
                    "", "{", "{a: 1}", "[1,]", "01", "1.", "'x'", "{} {}", "\"\\x\"", "\"\\u12\"", "nul", "\"\n\"",
                    "+1",
                    String(repeating: "[", count: 1000),
                ]
            ),
            ("array", ["{}", "1"]), ("object", ["[]", "1", "{\"a\" 1}"]), ("object-or-integer", ["[]", "x"]),
            ("object-or-text", ["{\"a\": }"]), ("integer?", ["none"]),
        ]
    )
    func refused(type: String, values: [String]) {
        for value in values { #expect(accepts(type, value) == false, "\(type): \(value)") }
    }

    @Test("a word that is no type is none", arguments: ["", "?", "word", "integer??"])
    func unknown(type: String) { #expect(accepts(type, "1") == nil) }
}
