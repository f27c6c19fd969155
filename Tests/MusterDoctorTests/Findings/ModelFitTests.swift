import MusterSpec
import MusterTesting
import Testing

@testable import MusterDoctor

@Suite("Models against nodes")
struct ModelFitTests {
    private func found(_ fleet: Fleet) throws -> [String] {
        try fleet.examine().findings.map { "\($0.code) \($0.severity.rawValue): \($0.message): \($0.measured ?? "")" }
    }

    private var reference: Fleet {
        var fleet = Fleet()
        fleet.model(ModelTexts.deepSeek(blocks: 64), shards: 138)
        return fleet
    }

    @Test("the reference deployment fits, and all of it is judged")
    func fits() throws {
        let examination = try reference.examine()
        #expect(examination.findings.map(\.message) == [])
        #expect(examination.unknowns == [])
    }

    @Test("memory that somebody holds is a finding about somebody")
    func held() throws {
        var fleet = reference
        fleet.all { machine in
            for gpu in 0..<8 { machine.hold(gpu, pid: 700 + gpu, "python3 train.py", gibibytes: 40, uid: 1001) }
        }
        #expect(Set(try fleet.examine().findings.map(\.code)) == [.gpuHeldByOthers])
    }

    @Test("the deployment itself holds the memory")
    func running() throws {
        var fleet = reference
        fleet.all { machine in
            for gpu in 0..<8 {
                machine.hold(gpu, pid: 100 + gpu, "sglang::scheduler_TP\(gpu)", gibibytes: 40, deployment: "demo")
            }
        }
        #expect(try found(fleet) == [])
    }

    @Test(
        "cards that do not say what they have, and what is used of them",
        arguments: ["memory.total", "memory.free", "memory.used"]
    )
    func unknown(field: String) throws {
        var fleet = reference
        fleet.all { machine in for gpu in 0..<8 { machine.gpus[gpu][field] = "[N/A]" } }
        #expect(try found(fleet) == [])
    }

    @Test("what the arithmetic does not cover is told as not judged")
    func unjudged() throws {
        var fleet = reference
        let text = ModelTexts.deepSeek(blocks: 64).replacing(
            "{\"architectures",
            with: "{\"index_topk\": 1, \"architectures"
        )
        fleet.model(text, shards: 138)
        let examination = try fleet.examine()
        #expect(examination.findings == [])
        #expect(
            examination.unknowns == [
                Unjudged(
                    what: "the memory that the model needs",
                    reason: "the cache of a model with sparse attention with an index",
                    nodes: ["gpu-1", "gpu-2", "gpu-3", "gpu-4"]
                )
            ]
        )
    }

    @Test("SGLang starts with less cache than the model could use: a warning")
    func warning() throws {
        var fleet = reference
        fleet.line("args:", "args: {mem-fraction-static: 0.60}")
        let finding = try #require(try fleet.examine().findings.first)
        #expect(finding.code == .contextUnfit && finding.severity == .warning && finding.span?.line == 3)
    }

    @Test("a name on the hub, a file in error and a configuration elsewhere are not judged")
    func silent() throws {
        var fleet = Fleet()
        fleet.model(ModelTexts.deepSeek(blocks: 128), shards: 138)
        fleet.line("model:", "model: deepseek-ai/DeepSeek-V3")
        #expect(try ofFit(fleet.examine()) == [])
        fleet.line("model:", "model: /models/DeepSeek-V3")
        #expect(try ofFit(fleet.examine()) == [.modelShapeUnfit])
        fleet.line("tp_size", "tp_size: 24")
        #expect(try ofFit(fleet.examine(hasPlans: false)) == [])
    }

    private func ofFit(_ examination: Examination) -> [DiagnosticCode] {
        examination.findings.map(\.code).filter { (892...894).contains($0.number) }
    }

    @Test("weights on disk: the files of the index, and one file without an index")
    func bytes() {
        var model = ModelFiles(path: "/m", exists: true)
        model.files = ["a.safetensors": 5, "b.safetensors": 7]
        #expect(model.weightBytes == nil)
        model.index = .files(["a.safetensors"], tensors: 1, totalSize: 4)
        #expect(model.weightBytes == ByteCount(bytes: 5))
        model.index = .files(["a.safetensors", "c.safetensors"], tensors: 1, totalSize: 4)
        #expect(model.weightBytes == ByteCount(bytes: 4))
        model.index = nil
        model.files["b.safetensors"] = nil
        #expect(model.weightBytes == ByteCount(bytes: 5))
        model.files["a.safetensors"] = -1
        #expect(model.weightBytes == nil)
    }
}
