import MusterEngines
import MusterSpec
import MusterTesting
import Testing

@testable import MusterDoctor

@Suite("Reports of models that fit and do not")
struct FitReportTests {
    /// A file of `Configs/` with a model on cards, in MiB as `nvidia-smi` prints them.
    private func report(
        _ path: String,
        _ config: String,
        total: Int,
        free: Int,
        gigabytes: Int
    ) throws -> FitReport {
        let file = ClusterFile(bytes: Array(try Repository.text(path).utf8), name: path)
        let fit = ModelFit(
            spec: try #require(file.spec),
            shape: try ModelConfig.read(Array(config.utf8)).require(),
            checkpoint: ByteCount(bytes: gigabytes * 1_000_000_000),
            card: CardMemory(total: .mebibytes(total), free: .mebibytes(free))
        )
        return FitReport(fit, file: path)
    }

    private func reference(blocks: Int) throws -> FitReport {
        try report(
            "Configs/l40s-4x8-tp32-sglang.yaml",
            ModelTexts.deepSeek(blocks: blocks),
            total: 46068,
            free: 45460,
            gigabytes: 689
        )
    }

    @Test("DeepSeek-V3 with 64x64 blocks on four nodes of eight L40S reads as recorded")
    func fits() throws {
        let report = try reference(blocks: 64)
        expectGolden(report.lines.joined(separator: "\n") + "\n", "fit-reference")
        expectGolden(report.json.pretty + "\n", "fit-reference-json")
    }

    @Test("with blocks of 128 the ways out are listed")
    func refused() throws {
        let report = try reference(blocks: 128)
        expectGolden(report.lines.joined(separator: "\n") + "\n", "fit-refused")
    }

    @Test("the H20 file fits with what it asks for")
    func h20() throws {
        let report = try report(
            "Configs/h20-1x8-sglang.yaml",
            ModelTexts.deepSeek(blocks: 128),
            total: 97871,
            free: 97280,
            gigabytes: 689
        )
        #expect(report.lines.last == "deepseek-r1-h20: fits")
        let tokens = try #require(report.fit.tightest?.tokens)
        #expect((65_536...84_000).contains(tokens.likely))
    }

    @Test("a bar is as wide as the card, whatever does not fit")
    func bars() throws {
        let fitting = try #require(try reference(blocks: 64).fit.tightest)
        let bar = FitBars.bar(fitting)
        #expect(bar.count == 64 && bar.hasPrefix("rr") && bar.hasSuffix("."))
        let small = try report(
            "Configs/h20-1x8-sglang.yaml",
            ModelTexts.deepSeek(blocks: 128),
            total: 46068,
            free: 45460,
            gigabytes: 689
        )
        #expect(FitBars.bar(try #require(small.fit.tightest)).allSatisfy { "rW".contains($0) })
        #expect(small.lines.last == "deepseek-r1-h20: 1 error")
    }
}
