@testable import MusterDoctor

/// What the ranks of one node write with `NCCL_DEBUG=INFO`.
struct RankLog {
    var host: String
    var ranks = 8
    var devices = 2
    var way = "NET/IB/%/GDRDMA"
    var network = "IB"

    /// Lines of all ranks, others between them.
    var lines: [String] {
        let list = (0..<devices).map { "[\($0)]mlx5_\($0):1/RoCE" }.joined(separator: " ")
        return (0..<ranks).flatMap { rank -> [String] in
            let head = "\(host):\(1000 + rank):\(2000 + rank) [\(rank)] NCCL INFO"
            let end = way.replacing("%", with: "\(rank % max(1, devices))")
            return [
                "INFO 03-01 10:00:00 loading weights",
                "\(head) Bootstrap : Using bond0:10.0.0.1<0>",
                devices == 0
                    ? "\(head) NET/IB : No device found."
                    : "\(head) NET/IB : Using \(list) [RO]; OOB bond0:10.0.0.1<0>",
                "\(head) Using network \(network)",
                "\(head) Channel 00/0 : \(rank)[\(rank)] -> \(rank + 1)[\(rank + 1)] via P2P/CUMEM",
                "\(head) Channel 00/0 : \(rank)[\(rank)] -> \(rank + 8)[\(rank)] [send] via \(end)",
                "\(head) Channel 00/0 : \(rank + 8)[\(rank)] -> \(rank)[\(rank)] [receive] via \(end)",
            ]
        }
    }

    /// TCP, since there is no device.
    static func sockets(_ host: String) -> RankLog {
        RankLog(host: host, devices: 0, way: "NET/Socket/0", network: "Socket")
    }
}

extension TransportReader {
    /// Reads the logs of nodes by their names.
    init(_ logs: KeyValuePairs<String, RankLog>) {
        self.init()
        for (node, log) in logs {
            for line in log.lines { take(line: line, node: node) }
        }
    }
}
