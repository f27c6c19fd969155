import Testing

@testable import MusterCommands

@Suite("Names of log files")
struct LogFileNamesTests {
    @Test(
        "say whose they are",
        arguments: [
            (["logs/gpu-1.log", "logs/gpu-2.log"], ["gpu-1", "gpu-2"], [nil, nil]),
            (["gpu-3.rank17.log", "gpu-3.kernel.log"], ["gpu-3", "gpu-3"], ["rank17", nil]),
            (["10.0.0.1.log", "10.0.0.2.kernel.log"], ["10.0.0.1", "10.0.0.2"], [nil, nil]),
            (["a.example.org.log.txt"], ["a.example.org"], [nil]),
            (
                ["rank0.log", "rank_31.log", "gpu-3_rank17.txt"], ["rank0", "rank_31", "gpu-3"],
                ["rank0", "rank31", "rank17"]
            ),
            (
                ["x/nodes/gpu-1/g1/log", "x/nodes/gpu-2/g1/log", "x/nodes/gpu-1/kernel.log"],
                ["gpu-1", "gpu-2", "gpu-1"],
                [nil, nil, nil]
            ),
            (["a/run/log", "b/run/log"], ["a", "b"], [nil, nil]),
            (["a/server.log", "a/server.err"], ["server", "server"], [nil, nil]),
            (
                ["engine/gpu-1.log", "engine/gpu-2.log", "kern/gpu-1.kernel.log"], ["gpu-1", "gpu-2", "gpu-1"],
                [nil, nil, nil]
            ),
            (["gpu-1.sglang.log", "gpu-1.dmesg.log", "gpu-2.log.1"], ["gpu-1", "gpu-1", "gpu-2"], [nil, nil, nil]),
            (["gpu-1/rank0.log", "gpu-2/rank0.log"], ["gpu-1", "gpu-2"], ["rank0", "rank0"]),
            (["gpu-1/rank0.log", "gpu-2/rank8.log"], ["gpu-1", "gpu-2"], ["rank0", "rank8"]),
            (["-"], ["-"], [nil]), ([""], [""], [nil]), (["/"], [""], [nil]),
        ] as [([String], [String], [String?])]
    )
    func names(_ paths: [String], _ nodes: [String], _ ranks: [String?]) {
        let names = LogFileNames(paths)
        #expect(names.nodes == nodes && names.ranks == ranks)
    }

    @Test("the nodes of a cluster file are known by name and by host")
    func known() {
        let names = LogFileNames(
            ["all/10.0.0.7/out.log", "gpu-2.log", "stranger.log"],
            known: [(name: "gpu-1", host: "10.0.0.7"), (name: "gpu-2", host: "10.0.0.8")]
        )
        #expect(names.nodes == ["gpu-1", "gpu-2", "stranger"])
        let both = LogFileNames(["gpu-1/gpu-2.log"], known: [(name: "gpu-1", host: "a"), (name: "gpu-2", host: "b")])
        #expect(both.nodes == ["gpu-2"])
    }
}
