import MusterDoctor
import Testing

@Suite("What is kept of an answer")
struct ProbeRedactionTests {
    @Test(
        "values of options and assignments that are secret by their name are masked",
        arguments: [
            ("vllm serve m --api-key sk-1 --port 8000", "vllm serve m --api-key *** --port 8000"),
            ("python3 -m sglang.launch_server --api-key=sk-1", "python3 -m sglang.launch_server --api-key=***"),
            ("env HF_TOKEN=hf_1 vllm serve", "env HF_TOKEN=*** vllm serve"),
            ("x --token --verbose", "x --token --verbose"),
            ("x --max-total-tokens 1000 --tokenizer-path p", "x --max-total-tokens 1000 --tokenizer-path p"),
        ]
    )
    func masked(line: String, kept: String) {
        let text = "@@n begin processes\n\(line)\n@@n end processes 0 1\n@@n begin disks\n\(line)\n@@n end disks 0 1\n"
        let answer = ProbeAnswer(Array(text.utf8), nonce: "n")
        let document = InventoryDocument(node: "node", answer: answer, times: ProbeTimes(asked: 0, answered: 1))
        #expect(document.answer.section("processes").map { String(decoding: $0.text, as: UTF8.self) } == kept)
        // Nobody writes keys into the names of disks.
        #expect(document.answer.section("disks").map { String(decoding: $0.text, as: UTF8.self) } == line)
    }
}
