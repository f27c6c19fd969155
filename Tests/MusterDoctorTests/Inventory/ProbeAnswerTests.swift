import MusterSpec
import Testing

@testable import MusterDoctor

@Suite("What a node's answer is made of")
struct ProbeAnswerTests {
    private func answer(_ text: String) -> ProbeAnswer { ProbeAnswer(Array(text.utf8), nonce: "n") }

    @Test("sections, their status, and what stands outside of them")
    func sections() {
        let read = answer(
            "banner\n\n@@n begin a\nx\n\ny\n\n@@n end a 0 7\n\n@@n begin b\n\n@@n end b 127 0\n@@n done\ntail\n"
        )
        #expect(read.isComplete && read.sections.map(\.name) == ["a", "b"])
        #expect(read.section("a")?.text == Array("x\n\ny\n".utf8))
        #expect(read.section("a")?.end == .init(status: 0, milliseconds: 7))
        #expect(read.section("b")?.text == [] && read.section("b")?.end?.status == 127)
    }

    @Test("a mark counts at the start of a line, with the nonce, and for the section that is open")
    func marks() {
        let text =
            " @@n begin x\n@@m begin y\n@@n begin a\nq @@n end a 0 0\n@@n end b 0 0\n@@n end a x 0\n@@n end a 0\n@@n end a 3 1\n"
        let read = answer(text)
        #expect(read.sections.map(\.name) == ["a"] && !read.isComplete)
        #expect(read.sections[0].end?.status == 3)
        #expect(String(decoding: read.sections[0].text, as: UTF8.self).hasSuffix("@@n end a 0"))
    }

    @Test("an answer that breaks off: what came is read, the rest says so")
    func cut() {
        let read = answer("@@n begin a\n1\n@@n end a 0 0\n@@n begin gpus\nindex, na")
        #expect(read.sections.map(\.name) == ["a", "gpus"] && read.sections[1].end == nil && !read.isComplete)
        let inventory = NodeInventory(node: "x", answer: read, times: .init(asked: 0, answered: 0))
        #expect(inventory.gpus == .unknown("the node's answer broke off in it"))
        #expect(inventory.topology == .unknown("the node's answer ended before it"))
    }

    @Test("of two sections of one name the first counts, and a new one ends the old one")
    func doubles() {
        let read = answer("@@n begin a\n1\n@@n begin b\n2\n\n@@n end b 0 0\n@@n begin a\n3\n@@n end a 0 0\n@@n done\n")
        #expect(read.sections.map(\.name) == ["a", "b"])
        #expect(read.section("a")?.end == nil && read.section("a")?.text == Array("1\n".utf8))
    }

    @Test("nothing at all, and bytes that are no text")
    func nothing() {
        #expect(answer("").sections.isEmpty)
        let bytes = Array("@@n begin a\n".utf8) + [0xff, 0, 0xc3] + Array("\n@@n end a 0 0\n".utf8)
        #expect(ProbeAnswer(bytes, nonce: "n").section("a")?.text == Array("\u{fffd}\0\u{fffd}".utf8))
    }

    @Test(
        "why there is nothing, in words",
        arguments: [
            ("gpus", 127, "", "nvidia-smi is not there"),
            ("kernel_log", 126, "x", "the kernel log may not be read without root"),
            ("topology", 124, "", "nvidia-smi did not answer within 8 s"),
            ("nvlink", 123, "", "not asked: nvidia-smi did not answer before"),
            ("software", 127, "vllm", "`vllm` is not there"),
            (
                "gpus", 15, "Unable to determine the device handle",
                "nvidia-smi said `Unable to determine the device handle`"
            ),
            ("gpus", 139, "\n", "nvidia-smi ended with status 139"),
        ]
    )
    func reasons(section: String, status: Int, text: String, reason: String) {
        var probe = ProbeComposer.healthy
        probe.set(section, text, status: status, milliseconds: 8010)
        let inventory = probe.inventory
        let found: [String: String?] = [
            "gpus": inventory.gpus.reason, "kernel_log": inventory.kernelLog.reason,
            "topology": inventory.topology.reason,
            "nvlink": inventory.nvlinks.reason, "software": inventory.software.reason,
        ]
        #expect(found[section] == reason)
    }
}

extension Known {
    /// Why it is unknown.
    var reason: String? {
        guard case .unknown(let reason) = self else { return nil }
        return reason
    }
}
