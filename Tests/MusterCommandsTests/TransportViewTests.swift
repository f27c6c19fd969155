import MusterSpec
import MusterTerminal
import MusterTesting
import Testing

@testable import MusterCommands
@testable import MusterRuntime

@Suite("TransportView")
struct TransportViewTests {
    private static let good = TransportDocument(
        verdict: "good",
        text: "NET/IB, GDR 8/8 on all nodes",
        nodes: [
            TransportDocument.Node(name: "a", network: "NET/IB", ranks: 8, directRanks: 8, hcas: ["mlx5_0", "mlx5_1"]),
            TransportDocument.Node(name: "b", network: "NET/IB", ranks: 8, directRanks: 8, hcas: [], tcpBytes: 12),
        ],
        findings: []
    )
    private static let bad = TransportDocument(
        verdict: "bad",
        text: "NET/IB, GDR 8/8 on a; NET/Socket on b",
        nodes: [],
        findings: [
            TransportDocument.Finding(
                code: "MUS0896",
                severity: "error",
                nodes: ["b"],
                message: "traffic between nodes runs over TCP",
                measured: "NET/Socket in the logs of 8 ranks",
                expected: "NET/IB over mlx5_0",
                change: "run `muster doctor`"
            ),
            TransportDocument.Finding(
                code: "MUS0898",
                severity: "warning",
                nodes: ["a"],
                subject: "mlx5_1",
                message: "ranks use fewer RDMA devices than there are",
                change: "compare `NCCL_IB_HCA`"
            ),
        ]
    )
    private static let unknown = TransportDocument(
        verdict: "unknown",
        text: "unknown: no lines",
        nodes: [],
        findings: []
    )

    @Test("is what it was")
    func text() {
        let lines = [Self.good, Self.bad, Self.unknown].flatMap { transport -> [String] in
            let view = TransportView(transport: transport, style: .plain)
            return [view.statusLine, view.startLine ?? "(nothing)"] + view.findings
        }
        expectGolden(lines.joined(separator: "\n") + "\n", "transport")
    }

    @Test("a way that is good is green, one that is bad is red, and one that is not known is neither")
    func colours() {
        let ways = [Self.good, Self.bad, Self.unknown].map { transport in
            TransportView(transport: transport, style: Style(isColoured: true)).statusLine.dropFirst(10).prefix(7)
        }
        #expect(ways == ["\u{1B}[32mNE", "\u{1B}[1;31m", "\u{1B}[33mun"])
    }

    @Test("stands below the endpoint of a status, which is read back as it was written")
    func status() throws {
        let plan = try widePlan()
        var status = StatusDocument(try plan.report([0: plan.records(0), 1: plan.records(1)], api: .success(())))
        #expect(status.transport == nil)
        status.transport = Self.bad
        let lines = StatusView(status: status, width: 100, style: .plain).lines(ranks: false)
        #expect(lines[1].hasPrefix("endpoint ") && lines[2].hasPrefix("transport NET/IB, GDR 8/8 on a; NET/Socket"))
        for transport in [Self.good, Self.bad, Self.unknown] {
            status.transport = transport
            #expect(try StatusDocument(reading: status.json.compact) == status)
        }
    }

    @Test("is one document, wherever it stands")
    func json() {
        #expect(
            Self.good.json.compact.hasPrefix(
                #"{"format": "muster.transport/1", "verdict": "good", "text": "NET/IB, GDR 8/8 on all nodes", "#
                    + #""nodes": [{"name": "a", "network": "NET/IB", "ranks": 8, "ranks_gpudirect": 8, "#
            )
        )
    }

    @Test("a status of an earlier daemon has none, and is read")
    func earlier() throws {
        let plan = try widePlan()
        let status = StatusDocument(try plan.report([0: plan.records(0), 1: plan.records(1)], api: .success(())))
        let text = status.json.compact.replacing(#", "transport": null"#, with: "")
        #expect(!text.contains("transport"))
        #expect(try StatusDocument(reading: text) == status)
    }
}
