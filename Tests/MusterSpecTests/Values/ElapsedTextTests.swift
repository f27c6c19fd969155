import MusterSpec
import Testing

@Suite("ElapsedText")
struct ElapsedTextTests {
    @Test(
        "writes durations as people read them",
        arguments: [
            (0, "0.00s"), (4, "0.00s"), (420, "0.42s"), (1_005, "1.00s"), (9_999, "9.99s"), (10_000, "10.0s"),
            (12_345, "12.3s"),
            (59_999, "59.9s"), (60_000, "1m 00s"), (185_999, "3m 05s"), (3_599_999, "59m 59s"), (3_600_000, "1h 00m"),
            (3_725_000, "1h 02m"), (360_000_000, "100h 00m"),
        ]
    )
    func text(_ milliseconds: Int, _ text: String) { #expect(ElapsedText.text(.milliseconds(milliseconds)) == text) }
}
