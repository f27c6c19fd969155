import Foundation
import MusterPlan
import MusterSpec
import MusterTesting
import Testing

@testable import MusterDoctor

@Suite("Inventories that are kept")
struct InventoryDocumentTests {
    private func document(_ probe: ProbeComposer) -> InventoryDocument {
        InventoryDocument(
            node: "gpu-3",
            answer: probe.answer,
            times: ProbeTimes(asked: 1_795_314_186.82, answered: 1_795_314_188)
        )
    }

    @Test("written and read again, an inventory is the same", arguments: [true, false])
    func roundTrip(isComplete: Bool) throws {
        var probe = ProbeComposer.healthy
        probe.isComplete = isComplete
        probe.set(
            "kernel_log",
            "[   18.617069] NVRM: Xid (PCI:0000:0f:00): 79, pid=12\u{0}\u{1B}[0m \"quoted\" \\ \u{fffd}\n"
        )
        let document = document(probe)
        for text in [document.json.pretty, document.json.compact] {
            let again = try InventoryDocument.read(Array(text.utf8)).require()
            #expect(again == document && again.inventory == document.inventory)
        }
    }

    @Test("for programs: what is known by name, and why the rest is not")
    func members() throws {
        var probe = ProbeComposer.healthy
        probe.set("gpus", "", status: 127)
        let json = document(probe).json
        #expect(json["known"]?["host"]?["hostname"] == "gpu-3" && json["known"]?["gpus"] == nil)
        #expect(json["unknown"]?["gpus"] == "nvidia-smi is not there")
    }

    @Test(
        "what is no inventory is refused",
        arguments: [
            "", "{}", "[]", #"{"format": "muster.inventory/2", "node": "x", "sections": []}"#,
            #"{"format": "muster.inventory/1", "node": "x", "asked": 1, "answered": 2, "complete": true, "sections": [1]}"#,
            // Times that no clock shows.
            #"{"format": "muster.inventory/1", "node": "x", "asked": 1, "answered": 1e30, "complete": true, "sections": []}"#,
            #"{"format": "muster.inventory/1", "node": "x", "asked": -1, "answered": 2, "complete": true, "sections": []}"#,
        ]
    )
    func refused(text: String) { #expect(InventoryDocument.read(Array(text.utf8)).damage != nil) }

    /// Answers, where the environment names no other number.
    private static let count = ProcessInfo.processInfo.environment["MUSTER_MUTATIONS"].flatMap { Int($0) } ?? usual
    private static let usual = 100_000

    /// A trap ends the run. The whole answer is too long to be changed so often, so each section is a seed by itself, and
    /// the whole one a seed among them.
    @Test("mutated answers end in an inventory, and inventories in a report")
    func mutations() throws {
        let fleet = Fleet()
        let checked = fleet.checked
        let spec = try #require(checked.spec)
        var inventories = fleet.inventories
        let healthy = ProbeComposer.healthy
        var seeds = healthy.names.map { name -> String in
            var one = ProbeComposer()
            let text = healthy.answer.section(name)?.text ?? []
            one.add(name, String(decoding: text, as: UTF8.self))
            return one.text
        }
        seeds.append(healthy.text)
        var mutator = Mutator(seeds, seed: 4)
        var known = 0
        for index in 0..<Self.count {
            let answer = ProbeAnswer(mutator.next(), nonce: ProbeComposer.nonce)
            let document = InventoryDocument(node: "x", answer: answer, times: .init(asked: 0, answered: 1))
            known += document.inventory.members.filter { $0.known != nil }.count
            if index % 100 == 0 {
                inventories["gpu-3"] = document.inventory
                let examination = Examination(spec: spec, plans: checked.plans, inventories: inventories)
                let report = DoctorReport(examination, name: "x", file: "x", inventories: inventories)
                #expect(report.missing == 0 && !report.lines.isEmpty && report.json["format"] != nil)
            }
            guard index % 200 == 0 else { continue }
            #expect(InventoryDocument.read(Array(document.json.compact.utf8)).value == document)
        }
        #expect(known > Self.count / 2)
    }
}
