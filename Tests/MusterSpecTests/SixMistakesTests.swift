import MusterSpec
import Testing

@Suite("Many mistakes in one file")
struct SixMistakesTests {
    private static let file = """
        name: Demo Cluster
        engine: {kind: sglng, version: 0.5.9}
        model: /models/DeepSeek-V3
        tcp_iface: bond0
        rdma_gid_indx: 3
        tp_size: sixteen
        nodes:
          - 10.0.0.1
          - 10.0.0.2
        ports: {http: 80000, rendezvous: 5000}
        health: {startup_timeout: 40}
        """

    @Test("six different mistakes are all reported, each at its own place with its own hint")
    func six() {
        #expect(
            places(Self.file) == [
                "1:7 MUS0206", "2:16 MUS0204", "5:1 MUS0201", "6:10 MUS0203", "10:15 MUS0205", "11:27 MUS0206",
            ]
        )
        let all = diagnostics(Self.file)
        #expect(all.allSatisfy { $0.hint != nil && $0.expected != nil })
        #expect(
            all.map(\.hint).prefix(3) == [
                "write `demo-cluster`", "did you mean `sglang`?", "did you mean `rdma_gid_index`?",
            ]
        )
    }

    @Test("a key that stands twice hides none of them")
    func withDuplicate() {
        let found = places(Self.file + "\nname: other\nports: {http: 1}\n")
        #expect(found.count == 8)
        #expect(found.contains("12:1 MUS0106") && found.contains("13:1 MUS0106"))
        #expect(found.contains("5:1 MUS0201") && found.contains("11:27 MUS0206"))
    }
}
