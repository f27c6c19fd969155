import MusterSpec
import Testing

@Suite("Durations, sizes, ports and names")
struct MeasureTextTests {
    @Test(
        "durations",
        arguments: [
            ("40m", .seconds(2400)), ("1h30m", .seconds(5400)), ("500ms", .milliseconds(500)), ("90s", .seconds(90)),
            ("0s", .zero),
            ("1h1m1s1ms", .milliseconds(3_661_001)),
        ] as [(String, Duration)]
    )
    func durations(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
        #expect(DurationText.parse(DurationText.text(duration)) == duration)
    }

    @Test(
        "no durations",
        arguments: [
            "", "40", "m", "-1s", "1d", "1m1h", "1s1s", "1 m", "1.5h", "99999999999999999999s", "9223372036854775807h",
            "1ms1s", "٤m",
        ]
    )
    func noDuration(text: String) { #expect(DurationText.parse(text) == nil) }

    @Test(
        "a duration is written with its largest units",
        arguments: [(90, "1m30s"), (3600, "1h"), (0, "0s"), (-5, "0s"), (2400, "40m")]
    )
    func durationText(seconds: Int, text: String) { #expect(DurationText.text(.seconds(seconds)) == text) }

    @Test(
        "sizes",
        arguments: [
            ("64g", 64 << 30, "64g"), ("512M", 512 << 20, "512m"), ("1KiB", 1024, "1k"), ("100b", 100, "100"),
            ("7", 7, "7"), ("0", 0, "0"),
            ("1t", 1 << 40, "1024g"), ("1536m", 1536 << 20, "1536m"),
        ]
    )
    func sizes(text: String, bytes: Int, shown: String) throws {
        let size = try #require(ByteCount(text))
        #expect(size.bytes == bytes)
        #expect(size.description == shown)
        #expect(ByteCount(size.description) == size)
    }

    @Test(
        "no sizes",
        arguments: ["", "g", "-1g", "1.5g", "64 g", "64x", "9223372036854775807g", "99999999999999999999"]
    )
    func noSize(text: String) { #expect(ByteCount(text) == nil) }

    @Test("ports", arguments: [(0, false), (1, true), (65535, true), (65536, false), (-1, false)])
    func ports(value: Int, isPort: Bool) { #expect((Port(value) != nil) == isPort) }

    @Test("deployment names", arguments: ["a", "a1", "deepseek-v3-l40s", "0", String(repeating: "a", count: 63)])
    func name(text: String) { #expect(DeploymentName(text)?.value == text) }

    @Test(
        "no deployment names",
        arguments: [
            "", "-a", "a-", "A", "a_b", "a.b", "a b", "é", "a/b", "..", String(repeating: "a", count: 64), "bin",
        ]
    )
    func noName(text: String) { #expect(DeploymentName(text) == nil) }

    @Test(
        "a name that cannot be used comes with one that can",
        arguments: [("My Model", "my-model"), ("_x_", "x"), ("V3.1", "v3-1")]
    )
    func suggestion(text: String, name: String) {
        #expect(diagnostics(baseFile(["name": "name: \(text)"])).map(\.hint) == ["write `\(name)`"])
    }
}
