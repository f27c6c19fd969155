import Foundation
import MusterAPI
import MusterSpec
import MusterTerminal
import MusterTesting
import Testing

@testable import MusterCommands
@testable import MusterPlan
@testable import MusterRuntime

private let twoReplicas = "sglang-4x8-two-replicas"

@Suite("muster, with a file of several replicas")
struct ReplicaTests {
    @Test("plan, validate and render say which replica is meant")
    func offline() async throws {
        let file = try Repository.config(twoReplicas)
        let plans = CheckedFile(ClusterFile(bytes: Array(file.utf8), name: "cluster.yaml")).plans
        let text = try await Muster.run(["plan", example(twoReplicas)], ["COLUMNS": "100"])
        #expect(text.status == Code.ok && text.stderr.isEmpty)
        for plan in plans {
            #expect(text.text.contains("llama-405b replica \(plan.replica)  sglang 0.5.9  16 ranks on 2 nodes\n"))
            #expect(text.text.contains("plan      \(plan.hash.short)\n"))
        }
        let json = try await Muster.run(["plan", example(twoReplicas), "--format", "json"]).json()
        #expect(json["format"] as? String == "muster.plan/1" && json["units"] == nil)
        let replicas = try #require(json["replicas"] as? [[String: Any]])
        #expect(replicas.map { $0["replica"] as? Int } == [0, 1])
        #expect(replicas.map { $0["hash"] as? String } == plans.map(\.hash.hex))
        #expect(replicas.map { $0["master"] as? String } == ["10.0.0.1", "10.0.0.3"])

        let valid = try await Muster.run(["validate", example(twoReplicas)])
        #expect(valid.text.hasSuffix(": valid: llama-405b, sglang 0.5.9, 2 replicas of 16 ranks on 2 nodes\n"))

        try await withScratch { scratch in
            let folder = scratch.path + "/out"
            let result = try await Muster.run(["render", example(twoReplicas), "--output", folder])
            #expect(result.status == Code.ok && result.errorText == "wrote 6 files to \(folder)\n")
            for plan in plans {
                for unit in plan.units {
                    let path = "\(folder)/replica\(plan.replica)/r\(unit.nodeRank)/launch.sh"
                    #expect(try String(contentsOfFile: path, encoding: .utf8) == unit.render.script)
                }
            }
        }
    }

    @Test(
        "a rank is one of each replica, so the replica has to be said",
        arguments: [
            (["logs", "--rank", "3"], "`llama-405b` has 2 replicas: add --replica with one of 0 to 1"),
            (["logs", "--node-rank", "1"], "`llama-405b` has 2 replicas: add --replica with one of 0 to 1"),
            (["restart"], "`llama-405b` has 2 replicas: add --replica with one of 0 to 1"),
            (["restart", "--rank", "0"], "`llama-405b` has 2 replicas: add --replica with one of 0 to 1"),
            (["logs", "--replica", "2"], "there is no replica 2: there are 0 to 1"),
            (["logs", "--replica", "1", "--rank", "16"], "there is no rank 16: `llama-405b` has ranks 0 to 15"),
            (["logs", "--replica", "1", "--node", "gpu"], "there is no node `gpu`"),
        ] as [([String], String)]
    )
    func named(words: [String], text: String) async throws {
        let result = try await Muster.run(words + [example(twoReplicas), "--foreground"])
        #expect(result.status == Code.usage && result.stdout.isEmpty)
        #expect(result.errorText.hasPrefix("Error: \(text)\n"), "\(result.errorText)")
    }

    @Test("units are found by replica and rank, or by their node alone")
    func roster() throws {
        let text = try Repository.config(twoReplicas)
        let plans = CheckedFile(ClusterFile(bytes: Array(text.utf8), name: "cluster.yaml")).plans
        let roster = UnitRoster(plans, substitutes: ["10.0.0.3": "10.0.0.9"])
        #expect(roster.replicas == 2 && roster.node(1, 0) == "10.0.0.9" && roster.node(0, 0) == "10.0.0.1")
        func options(rank: Int? = nil, node: String? = nil, replica: Int? = nil) -> UnitOptions {
            var options = UnitOptions()
            (options.rank, options.nodeRank, options.node, options.replica) = (rank, nil, node, replica)
            return options
        }
        func chosen(_ options: UnitOptions) throws -> [String] {
            try options.entries(of: roster).map { "\($0.replica)/\($0.nodeRank)" }
        }
        #expect(try chosen(options()) == ["0/0", "0/1", "1/0", "1/1"])
        #expect(try chosen(options(replica: 1)) == ["1/0", "1/1"])
        #expect(try chosen(options(rank: 9, replica: 1)) == ["1/1"])
        #expect(try chosen(options(node: "10.0.0.4")) == ["1/1"])
        #expect(try chosen(options(node: "10.0.0.9")) == ["1/0"])
        let units = try options(node: "10.0.0.4").units(of: plans)
        #expect(units.map(\.plan.replica) == [1] && units.map { $0.units.map(\.value) } == [[1]])
    }

    @Test("is done in part when not all replicas ended the same way")
    func exits() {
        #expect(MusterExit.of([.ok, .ok]) == .ok && MusterExit.of([.failed, .failed]) == .failed)
        #expect(MusterExit.of([.ok, .failed]) == .partial && MusterExit.of([.partial, .failed]) == .partial)
        #expect(MusterExit.of([.partial]) == .partial && MusterExit.of([.failed]) == .failed)
    }
}

@Suite("Views of several replicas")
struct ReplicaViewTests {
    private func status(_ situations: StatusViewTests.Situation...) throws -> DeploymentStatus {
        DeploymentStatus(replicas: try situations.map { StatusDocument(try $0.report()) })
    }

    @Test("a status says what all come to and then each", arguments: [60, 100])
    func text(width: Int) throws {
        let view = DeploymentStatusView(
            status: try status(.healthy, .broken),
            kept: ["musterd fencing"],
            width: width,
            style: .plain
        )
        let lines = view.lines(ranks: true)
        #expect(lines.first == "wide  sglang 0.4.4.post1  serving 1/2 replicas")
        expectGolden(lines.joined(separator: "\n") + "\n", "replicas-status-\(width)")
    }

    @Test("a status in JSON has one document for each, and that of one is as it was")
    func json() throws {
        let several = try status(.healthy, .loading)
        expectGolden(unhashed(several.json.pretty + "\n"), "replicas-status-json")
        let read = try DeploymentStatus(reading: several.json.compact)
        #expect(read.replicas == several.replicas && !read.isHealthy)
        let one = try status(.healthy)
        #expect(one.json == one.replicas[0].json)
        #expect(try DeploymentStatus(reading: one.json.compact).replicas == one.replicas)
        #expect(throws: DecodingError.self) { try DeploymentStatus(reading: "{}") }
    }

    @Test("one replica is drawn as it was without any other")
    func one() throws {
        let status = try status(.loading)
        let one = StatusView(status: status.replicas[0], width: 100, style: .plain).lines(ranks: true)
        #expect(DeploymentStatusView(status: status, width: 100, style: .plain).lines(ranks: true) == one)
    }

    @Test("how a start ended is one document for each")
    func ends() throws {
        let documents = ["ready", "failed"].map { UpDocument(name: "a", state: $0, generation: 3, planHash: "h") }
        let json = UpDocument.json(documents)
        #expect(json.compact.hasPrefix(#"{"format": "muster.up/1", "name": "a", "state": "partial", "replicas": ["#))
        #expect(UpDocument.json([documents[0]]) == documents[0].json)
        #expect(UpDocument.json([documents[0], documents[0]]).compact.contains(#""state": "ready", "replicas""#))
    }

    @Test("what a daemon does names the replica it does it about")
    func kept() throws {
        let cause = #"{"code":"MUS0601","text":"node rank 1 on gpu-2 exited with status 137","evidence":[]}"#
        let replica = { (index: Int, state: String, more: String) in
            """
            {"replica":\(index),"state":"\(state)","plan_hash":"ab","endpoint":"http://gpu-\(index):8000",\
            "since_ms":\(moment(before: 60).milliseconds),"restarts":\(index),"substitutes":{"gpu-\(index)":"s\(index)"}\(more)}
            """
        }
        let detail = """
            {"format":"muster.deployment/1","paused":false,"drained":[],"nodes":[],
             "replicas":[\(replica(0, "ready", #","generation":4"#)),\(replica(1, "failed", #","cause":\#(cause)"#))]}
            """
        let summary = DeploymentSummary(
            name: "demo",
            state: "failed",
            desired: "up",
            generation: 4,
            replicas: .init(ready: 1, total: 2),
            since: moment(before: 60)
        )
        let kept = try KeptDeployment(DeploymentDetail(summary, detail: RawJSON(detail)))
        let lines = KeptView(kept: kept, now: testTime, style: .plain).lines
        expectGolden(lines.joined(separator: "\n") + "\n", "replicas-kept")
        #expect(kept.substitutes == ["gpu-0": "s0", "gpu-1": "s1"])
        #expect(kept.json.compact.contains(#""replicas": [{"replica": 0, "state": "ready""#))
    }
}
