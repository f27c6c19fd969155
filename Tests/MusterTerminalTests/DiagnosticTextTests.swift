import MusterPlan
import MusterSpec
import MusterTerminal
import MusterTesting
import Testing

@Suite("Diagnostics as text")
struct DiagnosticTextTests {
    private static let world = SpecWorld(keyFile: { _ in .missing }, secretProblem: { _ in "not set" })

    private func text(_ file: String, width: Int = 100) -> String {
        let checked = CheckedFile(ClusterFile(bytes: Array(file.utf8), name: "cluster.yaml", world: Self.world))
        let text = DiagnosticText(style: .plain, width: width)
        let all = checked.diagnostics.map { text.text($0, in: checked.source) }.joined(separator: "\n\n") + "\n"
        #expect(!all.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        return all
    }

    @Test(
        "the example of every page reads as recorded",
        arguments: DiagnosticCatalog.pages.filter { $0.example != nil }.map(\.code)
    )
    func pages(code: DiagnosticCode) throws {
        let example = try #require(DiagnosticCatalog.page(for: code)?.example)
        expectGolden(text(example.text), "diagnostics/\(code)")
    }

    private static let sixMistakes = """
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

    @Test("six mistakes at once", arguments: [100, 60])
    func six(width: Int) { expectGolden(text(Self.sixMistakes, width: width), "diagnostics/six-mistakes-\(width)") }

    @Test("Windows line ends look like others")
    func windows() { #expect(text(Self.sixMistakes.replacing("\n", with: "\r\n")) == text(Self.sixMistakes)) }

    @Test("the caret stands under wide characters, tabs and quotes")
    func wide() {
        let base = DiagnosticPage.Example.base
        let file = base.replacing("ssh: {user: root}", with: "ssh: {user: 漢字é, host_keys: \"lax\"}")
            .replacing("rdma_gid_index: 3", with: "rdma_gid_index:\t300")
        expectGolden(text(file), "diagnostics/wide")
    }

    @Test("a long line is cut around the caret")
    func long() {
        let file = DiagnosticPage.Example.base.replacing(
            "env: {NCCL_DEBUG: INFO}",
            with: "env: {" + (0..<30).map { "VARIABLE_\($0): value, " }.joined() + "bad-name: x, " + "LAST: y}"
        )
        expectGolden(text(file, width: 80), "diagnostics/long-line")
    }
}

extension DiagnosticCode: CustomTestStringConvertible {
    package var testDescription: String { description }
}
