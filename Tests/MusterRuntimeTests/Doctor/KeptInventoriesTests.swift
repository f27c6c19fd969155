import Foundation
import MusterDoctor
import MusterSpec
import MusterTesting
import Testing

@testable import MusterRuntime

@Suite("Inventories in the state directory")
struct KeptInventoriesTests {
    private func kept<Value>(_ body: (KeptInventories, String) throws -> Value) async throws -> Value {
        try await withScratch { scratch in
            let machine = LocalMachine(user: "ada", home: scratch.path, hostName: "desk", pid: 1, environment: [:])
            let name = try #require(DeploymentName("demo"))
            return try body(KeptInventories(machine, name), "\(machine.stateDirectory)/demo/inventory")
        }
    }

    private func document(_ node: String, _ section: String = "host", _ text: String = "x=y") -> InventoryDocument {
        let bytes = Array("@@n begin \(section)\n\(text)\n@@n end \(section) 0 1\n@@n done\n".utf8)
        return InventoryDocument(
            node: node,
            answer: ProbeAnswer(bytes, nonce: "n"),
            times: ProbeTimes(asked: 1_795_314_186, answered: 1_795_314_188)
        )
    }

    @Test("what is kept is read again, whatever nodes are called, and no name leads out of the directory")
    func names() async throws {
        try await kept { kept, directory in
            let names = ["..", ".hidden", "a/b", "fe80::1", "gpu-1", "näher", "../../x", "%2e."]
            let documents = names.map { document($0) }
            #expect(kept.keep(documents)?.reason == nil)
            #expect(kept.read() == documents.sorted { $0.node < $1.node })
            let files = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
            #expect(
                files == [
                    "%252e..json", "%2e.%2f..%2fx.json", "%2e..json", "%2ehidden.json", "a%2fb.json",
                    "fe80%3a%3a1.json", "gpu-1.json", "n%e4her.json",
                ]
            )
            let above = try FileManager.default.contentsOfDirectory(atPath: "\(directory)/..")
            #expect(above == ["inventory"])
        }
    }

    @Test("a node's later answer takes the place of the one before, and others stay")
    func later() async throws {
        try await kept { kept, _ in
            #expect(kept.read() == [])
            #expect(kept.keep([document("a"), document("b")])?.reason == nil)
            #expect(kept.keep([document("b", "host", "hostname=y")])?.reason == nil)
            #expect(kept.read() == [document("a"), document("b", "host", "hostname=y")])
        }
    }

    @Test("what cannot be read is left out, and what is long is read whole")
    func damaged() async throws {
        try await kept { kept, directory in
            // Longer than a cluster file may be, and of a section that only a later release knows.
            let long = document("long", "later", String(repeating: "x", count: 17 << 20))
            #expect(kept.keep([document("a"), long])?.reason == nil)
            for (name, text) in [("b.json", "{"), ("c.json", #"{"format": "muster.inventory/2"}"#), ("d.txt", "x")] {
                try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(name)"))
            }
            #expect(kept.read().map(\.node) == ["a", "long"])
        }
    }
}
