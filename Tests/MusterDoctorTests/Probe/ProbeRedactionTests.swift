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
            ("vllm serve m --api-key k1 k2 --port 8000", "vllm serve m --api-key *** *** --port 8000"),
            ("vllm serve m --api-key -k1 k2 -tp 8", "vllm serve m --api-key *** *** -tp 8"),
            ("x --apikey k1", "x --apikey ***"), ("x apiKey=k1 a=b", "x apiKey=*** a=b"),
            ("x --env=HF_TOKEN=hf_1", "x --env=HF_TOKEN=***"),
            ("x --header Authorization: Bearer k1 --port 1", "x --header Authorization: *** *** --port 1"),
            ("curl -H X-Api-Key:k1 host:8000", "curl -H *** host:8000"),
            (#"x --x {"api_key":"k1=="} --y {"a":1}"#, #"x --x *** --y {"a":1}"#),
            (#"x --x {"a": 1, "api_key": "k1"} -y 2"#, #"x --x {"a": 1, "api_key": *** -y 2"#),
            (#"x --x {"a":1,"api_key": "k1"} -y 2"#, "x --x *** *** -y 2"),
            ("x --db postgres://u:p@h/d --port 1", "x --db postgres://***@h/d --port 1"),
            ("x --db=postgres://u:p/w@h", "x --db=postgres://***@h"),
            ("x hf://org/model@main http://h:8000/token", "x hf://org/model@main http://h:8000/token"),
            ("x --login sk-0123456789abcdefghijk", "x --login ***"),
            (
                "sglang::scheduler_TP0 --kv-transfer-config {\"kv_role\":\"kv_both\"}",
                "sglang::scheduler_TP0 --kv-transfer-config {\"kv_role\":\"kv_both\"}"
            ),
            ("x --token --verbose", "x --token --verbose"),
            ("x --ssl-keyfile k.pem --seed 1", "x --ssl-keyfile k.pem --seed 1"),
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
