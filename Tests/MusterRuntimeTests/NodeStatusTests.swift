import MusterSpec
import Testing

@testable import MusterRuntime

@Suite("NodeStatus")
struct NodeStatusTests {
    @Test("reads units with their exits and processes, newest generation first and by node rank")
    func units() throws {
        let status = try status([
            "lock a alice@laptop:4711:up:1764000000",
            "unit a 2 0 exited tok2 hash2 100 200 1764000000 4096", "exit a 2 0 137 1764000500",
            "unit a 3 1 running tok31 hash3 300 400 1764001000 10",
            "unit a 3 0 orphaned tok30 hash3 301 401 1764001000 11",
            "proc a 3 0 301 1 401 python3 -m sglang.launch_server", "proc a 3 0 310 301 402 sglang::scheduler_TP0",
            "proc a 3 1 300 1 400 ", "unit a 4 0 staged tok4 hash4 - - - -", "unit a 1 0 lost tok1 hash1 1 2 3 4",
        ])
        #expect(status.lockOwner == "alice@laptop:4711:up:1764000000")
        #expect(status.units.map { "\($0.generation):\($0.nodeRank)" } == ["4:0", "3:0", "3:1", "2:0", "1:0"])
        #expect(status.units.map(\.state) == [.staged, .orphaned, .running, .exited, .lost])
        #expect(status.units.map(\.isAlive) == [false, true, true, false, false])
        #expect(status.units[0].pid == nil && status.units[0].started == nil && status.units[0].logSize == 0)
        #expect(status.units[1].processes.map(\.pid) == [301, 310])
        #expect(status.units[1].processes.map(\.title) == ["python3 -m sglang.launch_server", "sglang::scheduler_TP0"])
        #expect(status.units[1].processes[1].parent == 301 && status.units[1].processes[1].startTicks == 402)
        #expect(status.units[2].processes.map(\.title) == [""])
        #expect(status.units[3].exit?.status == 137 && status.units[3].exit?.time == 1_764_000_500)
        #expect(
            status.units[3].token == "tok2" && status.units[3].renderHash == "hash2" && status.units[3].logSize == 4096
        )
        #expect(status.units[2].exit == nil)
    }

    @Test(
        "leaves out records it cannot read",
        arguments: [
            "unit a 3 0 running t h 1 2 3", "unit a x 0 running t h 1 2 3 4", "unit a 3 y running t h 1 2 3 4",
            "unit a 3 0 dancing t h 1 2 3 4", "exit a 3 0 0 1", "proc a 3 0 1 1 1 title", "lock a", "weather fine",
        ]
    )
    func unreadable(_ line: String) throws {
        let status = try status([line])
        #expect(status.units.isEmpty && status.lockOwner == nil)
    }

    @Test("a node that has never heard of the deployment knows nothing")
    func nothing() throws {
        #expect(NodeStatus().units.isEmpty && NodeStatus().lockOwner == nil)
        #expect(try status([]).units.isEmpty)
    }
}
