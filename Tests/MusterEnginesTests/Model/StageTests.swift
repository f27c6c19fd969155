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
