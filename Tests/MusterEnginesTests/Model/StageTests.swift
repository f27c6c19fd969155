import MusterSpec
import Testing

@testable import MusterEngines

@Suite("Layers of pipeline stages")
struct StageTests {
    private func stages(_ file: FitFile, _ layers: Int) throws -> [Int]? {
        let file = try #require(spec(file.text))
        return serving(file).stages(layers: layers)?.map(\.count)
    }

    @Test("SGLang gives what does not divide to the last stages, vLLM to those before the last")
    func uneven() throws {
        let vllm = FitFile(engine: "vllm", version: "0.33.0", tensor: 8, pipeline: 4)
        #expect(try stages(FitFile(tensor: 8, pipeline: 4), 61) == [15, 15, 15, 16])
        #expect(try stages(vllm, 61) == [15, 15, 16, 15])
        #expect(try stages(vllm, 63) == [16, 16, 16, 15])
        #expect(try stages(vllm, 64) == [16, 16, 16, 16])
        #expect(try stages(vllm, 3) == nil)
    }

    @Test(
        "SGLang gave all of it to the last stage up to 0.5.5",
        arguments: [
            ("0.4.6.post5", 94, 8, Array(repeating: 11, count: 7) + [17]),
            ("0.5.2", 94, 8, Array(repeating: 11, count: 7) + [17]), ("0.5.5.post3", 63, 4, [15, 15, 15, 18]),
            ("0.5.6", 63, 4, [15, 16, 16, 16]), ("0.5.9", 94, 8, [11, 11, 12, 12, 12, 12, 12, 12]),
            ("0.5.2", 64, 4, [16, 16, 16, 16]), ("0.5.9", 64, 4, [16, 16, 16, 16]),
        ]
    )
    func releases(version: String, layers: Int, stages count: Int, expected: [Int]) throws {
        #expect(try stages(FitFile(version: version, tensor: 8, pipeline: count), layers) == expected)
        #expect(expected.reduce(0, +) == layers)
    }

    @Test("a variable gives them, if it is a partition")
    func variable() throws {
        func file(_ text: String) -> FitFile {
            FitFile(tensor: 8, pipeline: 2, lines: ["env: {SGLANG_PP_LAYER_PARTITION: \"\(text)\"}"])
        }
        #expect(try stages(file("29,32"), 61) == [29, 32])
        #expect(try stages(file("29,33"), 61) == [30, 31])
        #expect(try stages(file("29,x"), 61) == [30, 31])
    }
}
