import MusterSpec
import Testing

@testable import MusterEngines

@Suite("SGLang's memory fraction by release")
struct StaticFractionTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let version: String
        let mebibytes: Double
        let tensor: Int
        var data = 1
        let expected: Double

        var testDescription: String { "\(version), \(mebibytes) MiB, TP\(tensor), attention DP\(data)" }
    }

    /// Worked by hand from the releases' rules.
    static let rows: [Row] = [
        .init(version: "0.4.4.post1", mebibytes: 46068, tensor: 32, expected: 0.79),
        .init(version: "0.4.4.post1", mebibytes: 97871, tensor: 8, expected: 0.81),
        .init(version: "0.4.4.post1", mebibytes: 81559, tensor: 1, expected: 0.88),
        .init(version: "0.4.6.post5", mebibytes: 81559, tensor: 8, expected: 0.81),
        .init(version: "0.4.6.post5", mebibytes: 97871, tensor: 8, expected: 0.88),
        // (46068 - 25.5 * 1024) / 46068
        .init(version: "0.4.10.post2", mebibytes: 46068, tensor: 32, expected: 0.433),
        // (81559 - 13.5 * 1024) / 81559
        .init(version: "0.5.2", mebibytes: 81559, tensor: 8, expected: 0.831),
        // 512 + 6144 + 320 + 4096 = 11072
        .init(version: "0.5.9", mebibytes: 46068, tensor: 32, expected: 0.76),
        // 512 + 12288 + 1024 + 1024 = 14848
        .init(version: "0.5.9", mebibytes: 81559, tensor: 8, expected: 0.818),
        // and 512 * 8 * 4.5 more
        .init(version: "0.5.9", mebibytes: 81559, tensor: 8, data: 8, expected: 0.592),
        // 1536 + 1024
        .init(version: "0.5.23", mebibytes: 81559, tensor: 8, expected: 0.969),
    ]

    @Test("the releases' own rules", arguments: rows)
    func row(_ row: Row) throws {
        let fraction = StaticFraction(
            version: try #require(EngineVersion(row.version)),
            mebibytes: row.mebibytes,
            tensor: row.tensor,
            pipeline: 1,
            attentionData: row.data,
            chunk: nil,
            graphRequests: nil,
            graphs: .init(),
            isLatent: false
        )
        let value = try #require(fraction.value)
        #expect(abs(value - row.expected) < 0.0006)
    }

    @Test("a card that is smaller than its reserve has no default")
    func tooSmall() throws {
        let fraction = StaticFraction(
            version: .known("0.5.2"),
            mebibytes: 46068,
            tensor: 128,
            pipeline: 1,
            attentionData: 1,
            chunk: nil,
            graphRequests: nil,
            graphs: .init(),
            isLatent: true
        )
        #expect(fraction.value == nil)
    }
}
