import MusterSpec
import Testing

@Suite("Checks of addresses, interfaces and ports")
struct NetworkChecksTests {
    struct Row: CustomTestStringConvertible {
        var edits: [String: String]
        var codes: [DiagnosticCode]
        var testDescription: String { edits.values.sorted().joined(separator: "; ") }

        init(_ edits: [String: String], _ codes: DiagnosticCode...) {
            self.edits = edits
            self.codes = codes
        }
    }

    @Test(
        "master_ip has to be the first node's",
        arguments: [
            Row(["rdma_gid_index": "master_ip: 10.0.0.1"]),
            Row(["rdma_gid_index": "master_ip: 10.0.0.2"], .masterNotFirst),
            Row(["rdma_gid_index": "master_ip: 10.0.0.9"], .masterIsNoNode),
            Row(["rdma_gid_index": "master_ip: 0.0.0.0"], .unusableAddress),
            Row(["rdma_gid_index": "master_ip: 127.0.0.1"], .unusableAddress),
            Row(["rdma_gid_index": "master_ip: gpu-a"], .malformedValue),
            Row(["nodes": "nodes: [gpu-a, 10.0.0.2]"], .masterUnknown),
            Row(["nodes": "nodes: [10.0.0.1, gpu-b]"], .addressUnknown),
            Row(["nodes": "nodes: [gpu-a, gpu-b]"], .masterUnknown, .addressUnknown),
            Row(["nodes": "nodes: [gpu-a]"]),
            Row(
                ["nodes": "nodes: [gpu-a, gpu-b]", "rdma_gid_index": "master_ip: 10.0.0.1"],
                .addressUnknown,
                .addressUnknown
            ),
            Row([
                "nodes": "nodes: [{host: 10.0.0.1, rank: 1}, {host: 10.0.0.2, rank: 0}]",
                "rdma_gid_index": "master_ip: 10.0.0.2",
            ]),
            Row(
                [
                    "nodes": "nodes: [{host: 10.0.0.1, rank: 1}, {host: 10.0.0.2, rank: 0}]",
                    "rdma_gid_index": "master_ip: 10.0.0.1",
                ],
                .masterNotFirst
            ),
            Row(["nodes": "nodes: [127.0.0.1, 127.0.0.2]", "rdma_gid_index": "master_ip: 127.0.0.1"]),
            Row(["nodes": "nodes: [127.0.0.1, 10.0.0.2]"], .unusableAddress),
            Row(["nodes": "nodes: [10.0.0.1, 169.254.1.1]"], .unusableAddress),
            Row(["nodes": "nodes: [10.0.0.1, 0.0.0.0]"], .unusableAddress),
            Row(["nodes": "nodes: [\"fd00::1\", \"fd00::2\"]", "rdma_gid_index": "master_ip: \"fd00:0::1\""]),
            Row(["nodes": "nodes: [10.0.0.1, \"fe80::1\"]"], .unusableAddress),
        ]
    )
    func master(row: Row) {
        #expect(codes(baseFile(row.edits)) == row.codes)
    }

    @Test(
        "an interface has to be one concrete name",
        arguments: [
            Row(["tcp_iface": "tcp_iface: eth0"]),
            Row(["tcp_iface": ""], .interfaceMissing),
            Row(["tcp_iface": "", "nodes": "nodes: [10.0.0.1]"]),
            Row(["tcp_iface": "", "env": "env: {GLOO_SOCKET_IFNAME: bond0}"]),
            Row(["tcp_iface": "", "nodes": "nodes: [{host: 10.0.0.1, tcp_iface: a}, {host: 10.0.0.2, tcp_iface: b}]"]),
            Row(["tcp_iface": "", "nodes": "nodes: [{host: 10.0.0.1, tcp_iface: a}, 10.0.0.2]"], .interfaceMissing),
            Row(["tcp_iface": "tcp_iface: ^lo"], .glooExclusion),
            Row(["tcp_iface": "tcp_iface: eth0,eth1"], .glooExclusion),
            Row(["tcp_iface": "tcp_iface: '=eth0'"], .glooExclusion),
            Row(["nodes": "nodes: [10.0.0.1, {host: 10.0.0.2, tcp_iface: ^lo}]"], .glooExclusion),
            Row(["tcp_iface": "", "env": "env: {GLOO_SOCKET_IFNAME: ^lo}"], .glooExclusion),
            Row(["env": "env: {NCCL_SOCKET_IFNAME: ^lo}"]),
            Row(["tcp_iface": "tcp_iface: docker0"], .managementInterface),
            Row(["tcp_iface": "tcp_iface: br-4f3a"], .managementInterface),
            Row(["tcp_iface": "tcp_iface: bridge0"]),
            Row(["tcp_iface": "tcp_iface: enp226s0f0np0x"]),
            Row(["tcp_iface": "tcp_iface: enp226s0f0np0xyz"], .malformedValue),
            Row(["tcp_iface": "tcp_iface: a b"], .malformedValue),
        ]
    )
    func interfaces(row: Row) {
        #expect(codes(baseFile(row.edits)) == row.codes)
    }

    @Test(
        "two ports that are written have to differ",
        arguments: [
            Row(["ports": "ports: {http: 5000, rendezvous: 5000}"], .portCollision),
            Row(["ports": "ports: {http: 5000}"]),
            Row(["ports": "ports: {http: 0}"], .outOfRange),
            Row(["ports": "ports: {http: 65536}"], .outOfRange),
            Row(["ports": "ports: {http: 65535}"]),
        ]
    )
    func ports(row: Row) {
        #expect(codes(baseFile(row.edits)) == row.codes)
    }
}
