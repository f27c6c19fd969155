import Foundation
import MusterTerminal
import MusterTesting
import Testing

@Suite("muster fit")
struct FitVerbTests {
    /// Runs it in a folder with the four-node file and the configuration of DeepSeek-V3.
    private func fit(blocks: Int, _ words: String...) async throws -> LocalCommand.Result {
        try await withModel(blocks: blocks) { folder in
            try await Muster.run(["fit", "muster.yaml", "--config", "config.json"] + words, in: folder)
        }
    }

    private func withModel<Value>(blocks: Int, _ body: (_ folder: String) async throws -> Value) async throws -> Value {
        try await withScratch { scratch in
            try scratch.write(ModelTexts.deepSeek(blocks: blocks), to: "config.json")
            try scratch.write(String(contentsOfFile: example(fourNodes), encoding: .utf8), to: "muster.yaml")
            return try await body(scratch.path)
        }
    }

    @Test("a model that fits reads as recorded, in text and JSON")
    func fits() async throws {
        let text = try await fit(blocks: 64, "--gpu", "l40s")
        #expect(text.status == Code.ok && text.stderr.isEmpty)
        expectGolden(text.text, "fit")
        let json = try await fit(blocks: 64, "--gpu", "L40S", "--format", "json")
        #expect(json.status == Code.ok && json.stderr.isEmpty)
        expectGolden(json.text, "fit-json")
    }

    @Test("one that the engine refuses reads as recorded, with the ways out and where they lead")
    func refused() async throws {
        let text = try await fit(blocks: 128, "--gpu", "L40S")
        #expect(text.status == Code.failed && text.stderr.isEmpty)
        expectGolden(text.text, "fit-refused")
    }

    @Test("it keeps to a terminal's width, without colour where that is wished", .enabled(if: Muster.hasTerminals))
    func narrow() async throws {
        try await withModel(blocks: 128) { folder in
            let line = "cd \(folder); $M fit muster.yaml --config config.json --gpu L40S"
            let result = try await Muster.terminal(columns: 60, line, ["NO_COLOR": "1"])
            #expect(result.status == Code.failed && !result.hasEscapes)
            let lines = result.text.split(separator: "\n")
            #expect(lines.allSatisfy { DisplayWidth.of($0) <= 60 })
            expectGolden(result.text, "fit-60")
            #expect(try await Muster.terminal(columns: 60, line).hasEscapes)
        }
    }

    @Test("GPUs of any size are judged: too small ones leave no room")
    func memory() async throws {
        let small = try await fit(blocks: 64, "--gpu-memory", "24", "--format", "json")
        let json = try small.json()
        let problems = try #require(json["problems"] as? [[String: Any]])
        #expect(small.status == Code.failed && problems.map { $0["code"] as? String } == ["MUS0893"])
        #expect(json["gpu_from"] as? String == "as --gpu-memory says")
        let ways = try #require(problems.first?["ways_out"] as? [[String: Any]])
        let outcome = try #require(ways.last?["outcome"] as? [String: Any])
        let tokens = try #require(outcome["tokens"] as? [String: Int])
        #expect(try #require(tokens["likely"]) > 0)
    }

    @Test("shapes are judged without GPUs, and memory is said not to be")
    func withoutCard() async throws {
        let result = try await fit(blocks: 64)
        #expect(result.status == Code.partial)
        #expect(result.text.contains("not judged\nthe memory of the GPUs is not known\n"))
        #expect(
            result.errorText
                == "note: give --gpu or --gpu-memory, or have the nodes looked at by `muster doctor`\n"
        )
    }

    @Test("what the nodes said last time is enough")
    func kept() async throws {
        try await withScratch { scratch in
            let node = InventoryText(config: ModelTexts.deepSeek(blocks: 64))
            try scratch.write(node.text, to: "muster/sample/inventory/10.0.0.1.json")
            let file = try scratch.write(clusterFile(), to: "muster.yaml")
            let state = ["XDG_STATE_HOME": scratch.path]
            let result = try await Muster.run(["fit", file, "--offline", "--format", "json"], state)
            let json = try result.json()
            let stages = try #require(json["stages"] as? [[String: Any]])
            #expect(stages.first?["card_bytes"] as? Int == 46068 << 20)
            #expect(stages.first?["free_bytes"] as? Int == 45460 << 20)
            #expect((json["model_from"] as? String)?.hasPrefix("/models/m on 10.0.0.1, ") == true)
            // Eight of these cards do not hold it.
            #expect(result.status == Code.failed)
            // What is given counts more than what was said.
            let larger = try await Muster.run(["fit", file, "--offline", "--gpu", "H200", "--format", "json"], state)
            #expect(try larger.status == Code.ok && larger.json()["gpu_from"] as? String == "H200, as --gpu says")
            // A file that has been changed since is about another model.
            let other = clusterFile().replacing("/models/m", with: "/models/n")
            let changed = try await Muster.run(["fit", "-", "--offline"], stdin: other, state)
            #expect(changed.status == Code.failed && changed.stdout.isEmpty)
        }
    }

    @Test("without a model it says where it looked, in the form that was asked for")
    func missing() async throws {
        let text = try await Muster.run(["fit", "-", "--offline"], stdin: clusterFile())
        #expect(text.status == Code.failed && text.stdout.isEmpty)
        #expect(
            text.errorText == """
                error[MUS0895]: the `config.json` of `/models/m` is not to be had: it is not on this machine, and nothing is \
                kept of what the nodes said of it
                  hint: name a copy of it with --config, or leave out --offline

                """
        )
        let json = try await Muster.run(["fit", "-", "--offline", "--format", "json"], stdin: clusterFile())
        #expect(json.status == Code.failed && json.text.contains("MUS0895"))
        let none = try await Muster.run(["fit", "-", "--config", "/no/such/folder"], stdin: clusterFile())
        #expect(none.status == Code.failed && none.errorText.contains("no such file"))
    }

    @Test("a configuration that is none is named")
    func damaged() async throws {
        try await withScratch { scratch in
            let path = try scratch.write("[]", to: "config.json")
            let result = try await Muster.run(["fit", example(fourNodes), "--config", path])
            #expect(result.status == Code.failed && result.stdout.isEmpty)
            #expect(result.errorText.hasPrefix("error[MUS0895]: `config.json` cannot be read: "))
        }
    }

    @Test("an invalid file is refused as by every other verb")
    func invalid() async throws {
        let result = try await Muster.run(["fit", "-", "--offline"], stdin: clusterFile(tensor: 7))
        #expect(result.status == Code.invalid && result.errorText.contains("error[MUS0304]"))
    }
}

/// What a node with eight L40S and a model was heard to say.
private struct InventoryText {
    let config: String

    var text: String {
        let model: [String: Any] = [
            "path": "/models/m", "exists": true, "files": [:], "shards": [:], "texts": ["config.json": config],
        ]
        let header = "index, name, uuid, pci.bus_id, driver_version, memory.total [MiB], memory.used [MiB], "
        let gpus = (0..<8).map { "\($0), NVIDIA L40S, GPU-\($0), 00000000:0\($0):00.0, 550.54.15, 46068, 10, 45450" }
        let document: [String: Any] = [
            "format": "muster.inventory/1", "node": "10.0.0.1", "asked": 1.5, "answered": 2.5, "complete": true,
            "sections": [
                section("gpus", ([header + "memory.free [MiB]"] + gpus).joined(separator: "\n") + "\n"),
                section("model", json(model)),
            ],
        ]
        return json(document)
    }

    private func section(_ name: String, _ text: String) -> [String: Any] {
        ["name": name, "status": 0, "milliseconds": 1, "text": text]
    }

    private func json(_ value: [String: Any]) -> String {
        guard let data = try? JSONSerialization.data(withJSONObject: value) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }
}
