import MusterDoctor
import MusterPlan
import MusterSpec
import Testing

@Suite("What stands for auto")
struct AutomaticValuesTests {
    private func edits(_ lines: [(start: String, line: String)]) throws -> [FileEdit] {
        var fleet = Fleet()
        for (start, line) in lines { fleet.line(start, line) }
        let spec = try #require(fleet.checked.spec)
        return AutomaticValues.edits(spec, try fleet.examine().fabric)
    }

    @Test("a value that all nodes share is written once")
    func shared() throws {
        let edits = try edits([("tcp_iface", "tcp_iface: auto"), ("rdma_gid_index", "rdma_gid_index: auto")])
        #expect(
            edits == [
                FileEdit(path: ["tcp_iface"], value: "bond0"), FileEdit(path: ["rdma_gid_index"], value: "3"),
            ]
        )
    }

    @Test("a node's own auto is that node's alone")
    func own() throws {
        let edits = try edits([
            ("  - {host: 10.0.0.2", "  - {host: 10.0.0.2, name: gpu-2, tcp_iface: auto}")
        ])
        #expect(edits == [FileEdit(path: ["nodes", "1", "tcp_iface"], value: "bond0")])
    }

    @Test("a file that says everything needs nothing")
    func complete() throws {
        let spec = try #require(Fleet().checked.spec)
        #expect(!AutomaticValues.areWanted(by: spec))
        #expect(try edits([]).isEmpty)
    }

    @Test("with the edits the file says what was chosen, and asks for nothing more")
    func closed() throws {
        var fleet = Fleet()
        fleet.line("tcp_iface", "tcp_iface: auto")
        fleet.line("rdma_gid_index", "rdma_gid_index: auto")
        let checked = fleet.checked
        let spec = try #require(checked.spec)
        #expect(AutomaticValues.areWanted(by: spec))
        #expect(checked.plans.first?.units.first?.environment.contains { $0.name == "GLOO_SOCKET_IFNAME" } == false)
        var editor = ClusterFileEditor(checked.source)
        #expect(editor.apply(AutomaticValues.edits(spec, try fleet.examine().fabric)).isEmpty)
        fleet.file = editor.source.text
        let chosen = fleet.checked
        #expect(chosen.spec.map(AutomaticValues.areWanted) == false)
        let plan = try #require(chosen.plans.first)
        #expect(plan.hash == Fleet().checked.plans.first?.hash)
    }
}
