import MusterEngines
import MusterPlan
import MusterSpec

/// What units print and how their processes are called: SGLang's lines, as far as muster reads them.
struct SimulatedEngine: Sendable {
    let plan: LaunchPlan

    /// The title of a worker, as the engine gives it to itself.
    func title(_ rank: RankCoordinates) -> String {
        let title = WorkerTitle(of: rank)
        return "sglang::scheduler_TP\(title.tensor)_PP\(title.pipeline)"
    }

    /// What a unit prints before it has met the others.
    func alone(_ unit: UnitPlan) -> String { lines(unit, ["Init torch distributed begin."]) }

    /// What a unit prints from the rendezvous on until it serves.
    func together(_ unit: UnitPlan) -> String {
        let workers = lines(
            unit,
            [
                "Init torch distributed ends. mem usage=1.00 GB", "Load weight begin. avail mem=78.00 GB",
                "Load weight end. type=DeepseekV3ForCausalLM", "KV Cache is allocated. #tokens: 65536",
                "Capture cuda graph begin.", "Capture cuda graph end.", "max_total_num_tokens=65536",
            ]
        )
        guard unit.nodeRank.value == 0 else { return network(unit) + workers }
        return network(unit) + workers + "INFO:     Uvicorn running on http://0.0.0.0:\(plan.http)\n"
            + "\(Self.stamp)] The server is fired up and ready to roll!\n"
    }

    /// What NCCL prints of the way to other nodes where the file asks for it: RDMA unless the file forbids that.
    private func network(_ unit: UnitPlan) -> String {
        let variables = Dictionary(unit.environment.map { ($0.name, $0.value) }) { _, last in last }
        guard variables["NCCL_DEBUG"] == "INFO" else { return "" }
        let way = variables["NCCL_NET"] == "Socket" ? "NET/Socket/0" : "NET/IB/0/GDRDMA"
        return unit.ranks.map { rank in
            let (own, gpu) = (rank.global.value, rank.local.value)
            let other = (own + unit.ranks.count) % plan.ranks.count
            return "\(unit.node.name):\(100 + own):\(100 + own) [\(gpu)] NCCL INFO "
                + "Channel 00/0 : \(own)[\(gpu)] -> \(other)[\(gpu)] [send] via \(way)\n"
        }.joined()
    }

    /// One line of each kind that a busy engine prints: most of them mean nothing to muster.
    func busy(_ unit: UnitPlan) -> [[UInt8]] {
        unit.ranks.flatMap { rank -> [[UInt8]] in
            let tag = tag(rank)
            return [
                "\(tag) Decode batch, #running-req: 31, #token: 40960, token usage: 0.62, cuda graph: True, "
                    + "gen throughput (token/s): 1203.55, #queue-req: 0",
                "\(tag) Prefill batch, #new-seq: 3, #new-token: 1920, #cached-token: 512, token usage: 0.61, "
                    + "#running-req: 28, #queue-req: 2",
                "INFO:     10.0.0.99:51234 - \"POST /v1/chat/completions HTTP/1.1\" 200 OK",
            ].map { Array(($0 + "\n").utf8) }
        }
    }

    private static let stamp = "[2026-01-01 10:00:00"

    private func tag(_ rank: RankCoordinates) -> String {
        let title = WorkerTitle(of: rank)
        return "\(Self.stamp) TP\(title.tensor) PP\(title.pipeline)]"
    }

    private func lines(_ unit: UnitPlan, _ texts: [String]) -> String {
        texts.flatMap { text in unit.ranks.map { "\(tag($0)) \(text)\n" } }.joined()
    }
}
