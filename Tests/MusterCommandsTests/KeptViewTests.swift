import Foundation
import MusterAPI
import MusterSpec
import MusterTerminal
import MusterTesting
import Testing

@testable import MusterCommands

private let widths = [60, 100]

@Suite("EventLine")
struct EventLineTests {
    private let records = [
        record(1, "daemonStarted", "musterd 0.1.0 started", #"{"version":"0.1.0"}"#, deployment: ""),
        record(2, "upWanted", "up asked for: demo.yaml, plan 0123456789ab", actor: "alice"),
        record(3, "fencing", "first cause: node rank 1 on gpu-2 exited with status 137"),
        record(4, "gaveUp", "gave up: 5 of 5 restarts within 1h are used up"),
        record(5, "somethingNew", "an event of a later release, \"quoted\""),
    ]

    @Test("tells when, what, who and in words")
    func text() {
        let lines = records.map { EventLine(record: $0, style: .plain).text }
        expectGolden(lines.joined(separator: "\n") + "\n", "events")
    }

    @Test("is one JSON object a line, with the daemon's own data in it")
    func json() throws {
        let lines = records.map { EventLine(record: $0, style: .plain).json }
        expectGolden(lines.joined(separator: "\n") + "\n", "events-json")
        for line in lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }

    @Test("its colours change nothing else")
    func colours() {
        for record in records {
            let painted = EventLine(record: record, style: Style(isColoured: true)).text
            #expect(painted.replacing(/\u{1B}\[[0-9;]*m/, with: "") == EventLine(record: record, style: .plain).text)
        }
    }
}

@Suite("DeploymentsView and NodesView")
struct TableViewTests {
    @Test("are what they were", arguments: widths)
    func tables(_ width: Int) {
        let (cause, began) = ("node rank 1 on gpu-2 exited with status 137", moment(before: 9))
        let deployments = [
            DeploymentSummary(
                name: "deepseek-v3-l40s",
                state: "ready",
                desired: "up",
                generation: 12,
                replicas: .init(ready: 1, total: 1),
                since: moment(before: 4000)
            ),
            DeploymentSummary(
                name: "llama",
                state: "waiting",
                desired: "up",
                generation: 3,
                replicas: .init(ready: 0, total: 1),
                since: moment(before: 12),
                cause: cause
            ),
            DeploymentSummary(
                name: "new",
                state: "down",
                desired: "up",
                generation: 0,
                replicas: .init(ready: 0, total: 1),
                since: Timestamp(milliseconds: 0)
            ),
        ]
        let nodes = [
            NodeSummary(node: "gpu-1", state: "reachable", deployments: ["deepseek-v3-l40s"], since: began),
            NodeSummary(node: "gpu-2", state: "drained", deployments: ["deepseek-v3-l40s", "llama"], since: began),
            NodeSummary(node: "gpu-3", state: "lost", deployments: ["llama"], since: began, cause: "no answer"),
        ]
        let first = DeploymentsView(deployments: deployments, now: testTime, width: width, style: .plain).lines
        let second = NodesView(nodes: nodes, width: width, style: .plain).lines
        for line in first + second { #expect(DisplayWidth.of(line) <= width && !line.hasSuffix(" "), "\(line)") }
        expectGolden((first + [""] + second).joined(separator: "\n") + "\n", "daemon-tables-\(width)")
    }
}

@Suite("KeptView")
struct KeptViewTests {
    private static let cause =
        #"{"code":"MUS0601","text":"node rank 1 on gpu-2 exited with status 137","node":"gpu-2","evidence":["x"]}"#

    /// What a daemon knows, in its own form.
    private func kept(
        _ state: String,
        desired: String = "up",
        generation: Int = 4,
        more: String = "",
        paused: Bool = false,
        drained: String = ""
    ) throws -> KeptDeployment {
        let summary = DeploymentSummary(
            name: "demo",
            state: paused ? "paused" : state,
            desired: desired,
            generation: generation,
            replicas: .init(ready: 0, total: 1),
            since: moment(before: 60)
        )
        let replica = """
            {"replica":0,"state":"\(state)","plan_hash":"ab","endpoint":"http://gpu-1:8000","since_ms":\
            \(moment(before: 60).milliseconds)\(more.isEmpty ? #","restarts":0,"substitutes":{}"# : more)}
            """
        let detail = """
            {"format":"muster.deployment/1","paused":\(paused),"drained":[\(drained)],"later":1,
             "replicas":[\(replica)],"nodes":[{"node":"gpu-1","state":"reachable"},{"node":"gpu-2","state":"lost"}]}
            """
        return try KeptDeployment(DeploymentDetail(summary, detail: RawJSON(detail)))
    }

    private static let failure = #"""
        {"generation":3,"id":"cuda-oom","code":"MUS1003","area":"gpu","fatality":"fatal","role":"cause","phase":"any",
        "node":"gpu-2","source":"gpu-2","rank":"TP9","time_ns":1772600768000000000,"evidence":["CUDA out of memory."],
        "suffered":31,"meaning":"The GPU has no memory left.","remedy":"Lower the share.","key":"model"}
        """#

    @Test("says what the daemon does about a deployment, and why")
    func situations() throws {
        let live = #","generation":4,"restarts":1,"substitutes":{}"#
        let waiting =
            #","restarts":2,"substitutes":{"gpu-2":"gpu-9"},"next_launch_ms":1764000025000,"cause":\#(Self.cause)"#
        let unreached = #","restarts":0,"substitutes":{},"waiting_for":"gpu-2 is lost""#
        let situations: [(String, KeptDeployment)] = [
            ("ready", try kept("ready", more: live)),
            ("waiting for the next launch", try kept("waiting", more: waiting)),
            ("failed", try kept("failed", more: #","restarts":5,"substitutes":{},"cause":\#(Self.cause)"#)),
            (
                "failed, and the logs say why",
                try kept("failed", more: #","restarts":5,"substitutes":{},"failure":\#(Self.failure)"#)
            ),
            ("ready again", try kept("ready", more: live + #","failure":\#(Self.failure)"#)),
            ("down as wanted", try kept("down", desired: "down")),
            ("not reached yet", try kept("waiting", generation: 0, more: unreached)),
            ("on its way down", try kept("stopping", desired: "down", more: live)),
            ("paused", try kept("ready", more: live, paused: true, drained: #""gpu-1","gpu-2""#)),
        ]
        let lines = situations.flatMap { ["# \($0.0)"] + KeptView(kept: $0.1, now: testTime, style: .plain).lines }
        expectGolden(lines.joined(separator: "\n") + "\n", "kept")
        let documents = situations.map(\.1.json.pretty)
        expectGolden(documents.joined(separator: "\n") + "\n", "kept-json")
        #expect(situations[0].1.lostNodes == ["gpu-2"] && situations[1].1.substitutes == ["gpu-2": "gpu-9"])
    }
}
