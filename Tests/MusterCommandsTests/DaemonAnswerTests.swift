import MusterAPI
import MusterPlan
import MusterSpec
import Testing

@testable import MusterCommands
@testable import MusterRuntime

@Suite("Answers of a daemon")
struct DaemonAnswerTests {
    @Test("a problem becomes the errors it stands for")
    func problems() {
        let plain = Problem(.conflict, "it runs", code: "MUS0604", hint: "stop it", node: "gpu-1").runtimeErrors
        #expect(plain.count == 1 && plain.first?.code == .anotherPlanRuns && plain.first?.node == "gpu-1")
        #expect(plain.first?.hint == "stop it" && plain.first?.message == "it runs")
        #expect(Problem(.invalid, "no").runtimeErrors.first?.code == .requestRefused)
        #expect(Problem(.forbidden, "no").runtimeErrors.first?.code == .daemonRefuses)
        let parts = [Problem.Part(detail: "a", code: "MUS0511", node: "n1"), Problem.Part(detail: "b", hint: "h")]
        let several = Problem(.nodeFailed, "two nodes", code: "MUS0502", hint: "look", errors: parts).runtimeErrors
        #expect(several.map(\.message) == ["a", "b"] && several.map(\.code) == [.connectionLost, .connectionRefused])
        #expect(several.map(\.hint) == ["look", "h"])
    }

    @Test("a file's problems are read back as they were", arguments: [7, 8])
    func validation(_ tensor: Int) throws {
        let text = clusterFile(tensor: tensor, more: "nonsense: 1\nports: {http: 40000}")
        let checked = CheckedFile(ClusterFile(bytes: Array(text.utf8), name: "cluster.yaml"))
        let document = try ValidationDocument(reading: Documents.validation(checked).compact)
        #expect(document.diagnostics.map(\.span) == checked.diagnostics.map(\.span) && !document.diagnostics.isEmpty)
        #expect(document.json(file: "cluster.yaml") == Documents.validation(checked))
    }

    @Test("units are named the same way by a file and by a daemon")
    func rosters() throws {
        let plan = try widePlan()
        let nodes = [0: plan.records(0), 1: plan.records(1)]
        let status = StatusDocument(try plan.report(nodes, api: .success(())))
        let (own, theirs) = (UnitRoster([plan]), UnitRoster(DeploymentStatus(replicas: [status])))
        #expect(own.entries.map(\.node) == theirs.entries.map(\.node))
        #expect(own.entries.map(\.ranks) == theirs.entries.map(\.ranks))
        let replaced = UnitRoster([plan], substitutes: ["plain-node-with-a-long-name": "spare"])
        #expect(replaced.node(0, 1) == "spare" && replaced.node(0, 0) == own.node(0, 0))
    }
}
