import Foundation
import Testing

@testable import MusterAPI

@Suite("JSON that passes through")
struct JSONTests {
    @Test(
        "a document is written as it was read",
        arguments: [
            "null", "true", "[]", "{}", "-0.5e+10", "18446744073709551615", "123456789012345678901234567890",
            #"{"b":1,"a":[1,2,{"c":null}],"b":2}"#, #""\u0000\u001f \"\\ / é 🚀""#,
        ]
    )
    func roundTrip(text: String) throws { #expect(try JSONTree(parsing: text).text == text) }

    @Test("space around values is let go, and escapes become what they mean")
    func read() throws {
        let text = " {\r\n \"a\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude80\" : [ 1 , 2 ]\t} "
        #expect(try JSONTree(parsing: text) == ["a/\u{8}\u{c}\n\r\t\u{e9}\u{1F680}": [1, 2]])
        #expect(try JSONTree(parsing: #""\ud83d\ud83dx\ude80""#) == "\u{fffd}\u{fffd}x\u{fffd}")
    }

    @Test(
        "what is no JSON is refused with the place",
        arguments: [
            ("", 0), ("{", 1), ("[1,]", 3), ("[1 2]", 3), (#"{"a" 1}"#, 5), ("{1:2}", 1), ("tru", 0), ("01", 1),
            ("1.", 2), ("\"a", 2), ("\"\u{1}\"", 1), (#""\x""#, 3), (#""\u12""#, 3), ("1 1", 2), ("-", 1),
            (String(repeating: "[", count: 200), 128),
        ]
    )
    func refused(text: String, offset: Int) {
        let damage = #expect(throws: JSONDamage.self) { try JSONTree(parsing: text) }
        #expect(damage?.offset == offset)
    }

    @Test("raw JSON becomes part of a document and comes out of it again")
    func raw() throws {
        let record = EventRecord(
            id: 1,
            at: Timestamp(milliseconds: 0),
            deployment: "a",
            kind: "k",
            actor: "x",
            text: "t",
            data: RawJSON(#"{"z":[1,-2.5,18446744073709551615],"a":{"t":true,"n":null,"s":"é"}}"#)
        )
        let data = try JSONEncoder().encode(record)
        let back = try JSONDecoder().decode(EventRecord.self, from: data)
        #expect(back.data.text == #"{"a":{"n":null,"s":"é","t":true},"z":[1,-2.5,18446744073709551615]}"#)
    }

    @Test("raw text that is no JSON does not get out")
    func damaged() {
        #expect(throws: EncodingError.self) { try JSONEncoder().encode(RawJSON("{")) }
    }
}
