import MusterSpec
import MusterTesting
import Testing

@testable import MusterDoctor

/// The script itself has a suite of its own, `Tests/ProbeScriptTests/run.sh`; here its answers meet the reader.
@Suite("The probe of this machine")
struct LocalProbeTests {
    @Test("it ends, nothing in it is damaged, and what every Linux has is known")
    func local() async throws { try await probe(["sh"]) }

    @Test(
        "so it does in the shell of small images",
        .enabled(if: LocalCommand.exists("busybox"), "SKIPPED, not tested: there is no busybox here")
    )
    func small() async throws { try await probe(["busybox", "sh"]) }

    private func probe(_ shell: [String]) async throws {
        var command = LocalCommand(shell + ["-s", "--", "n0nce", "peers=127.0.0.1", "state=~/some where"])
        command.stdin = Array(try Repository.text("Sources/CNodeScript/probe.sh").utf8)
        let result = try await command.run()
        let answer = ProbeAnswer(result.stdout, nonce: "n0nce")
        #expect(result.status == 0 && result.errorText.isEmpty && answer.isComplete, "\(result.errorText)")
        let node = NodeInventory(node: "here", answer: answer, times: ProbeTimes(asked: 0, answered: 0))
        #expect(node.damages.isEmpty, "\(node.damages)")
        #expect(node.host.value?.kernel != nil && node.host.value?.cpus ?? 0 > 0 && node.host.value?.user != nil)
        #expect(node.limits.value?.openFiles != nil && node.memory.value?.total != nil && node.listeners.value != nil)
        #expect(node.disks.value?["/tmp"] != nil && node.clock.value != nil)
        #expect(node.interfaceFacts["lo"]?.mtu ?? 0 > 0)
        #expect(node.engineComplaints == .notAsked && node.model == .notAsked && node.containerRuntime == .notAsked)
    }

    @Test("every section of the script is in its description and has words for what it lacks")
    func described() throws {
        let script = try Repository.text("Sources/CNodeScript/probe.sh")
        let page = try Repository.text("Sources/MusterDoctor/MusterDoctor.docc/Probe.md")
        let names = script.split(separator: "\n").compactMap { line -> String? in
            guard let rest = Cut.after("section ", in: String(line)), !line.contains("#"), !line.contains("()") else {
                return nil
            }
            return Cut.words(rest).first
        }
        #expect(names.count > 25)
        for name in names { #expect(page.contains("| `\(name)` |"), "`\(name)` is not described") }
    }
}
