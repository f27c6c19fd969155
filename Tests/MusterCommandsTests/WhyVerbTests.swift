import Foundation
import MusterTesting
import Testing

@Suite("muster why")
struct WhyVerbTests {
    private static let oom =
        "[2026-03-04 05:06:08 TP9] torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.00 GiB."
    private static let closed =
        "[2026-03-04 05:06:07 TP0] RuntimeError: [../gloo/transport/tcp/pair.cc:534] Connection closed by peer [10.0.0.2]:1"

    /// Logs of two nodes, the cause in the second one behind a progress bar and colours.
    private func logs(_ scratch: Scratch) throws -> [String] {
        [
            try scratch.write("# source: a colleague, CUDA out of memory\n\(Self.closed)\n", to: "gpu-1.log"),
            try scratch.write("loading 1/2\rloading 2/2\r\n\u{1B}[31m\(Self.oom)\u{1B}[0m\n", to: "gpu-2.log"),
        ]
    }

    @Test("answers from logs alone")
    func text() async throws {
        try await withScratch { scratch in
            let result = try await Muster.run(["why", "--log"] + logs(scratch))
            #expect(result.status == Code.ok && result.stderr.isEmpty)
            #expect(
                result.text.replacing(scratch.path, with: "DIR") == """
                    first cause[MUS1003]: cuda-oom
                      TP9 on DIR/gpu-2.log at 2026-03-04 05:06:08.000
                      | \(Self.oom)
                      | \(Self.closed)
                      The GPU has no memory left for what PyTorch asked for.
                      hint: Lower the share of memory the engine plans for, its batch or its context; see that nothing else runs on the GPU.
                      change: `args.mem-fraction-static`
                      1 other failed, too.

                    """
            )
        }
    }

    @Test("has the same in JSON, with the line of the file to change")
    func json() async throws {
        try await withScratch { scratch in
            let words = try ["why", example(oneNode), "--format", "json", "--log"] + logs(scratch)
            let json = try await Muster.run(words).json()
            #expect(json["format"] as? String == "muster.why/1" && json["id"] as? String == "cuda-oom")
            #expect(json["node"] as? String == "gpu-2" && json["rank"] as? String == "TP9")
            let place = try #require(json["place"] as? [String: Any])
            #expect(place["line"] as? Int == 16 && place["column"] as? Int == 3)
            #expect((place["file"] as? String)?.hasSuffix("/\(oneNode).yaml") == true)
        }
    }

    @Test("a log without a year is not from the future", arguments: [1, 30, 180, 330])
    func yearless(_ days: Int) async throws {
        let date = Date(timeIntervalSinceNow: Double(days) * 86_400 + 3600)
        let formatter = DateFormatter()
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "MM-dd HH:mm:ss"
        let line =
            "(Worker_TP0 pid=9) ERROR \(formatter.string(from: date)) [a.py:1] CUDA out of memory. Tried to allocate 1 GiB"
        let json = try await Muster.run(["why", "--format", "json", "--log", "-"], stdin: line + "\n").json()
        let told = try #require(json["time_ns"] as? Int)
        let age = Int(Date.now.timeIntervalSince1970) - told / 1_000_000_000
        #expect(json["id"] as? String == "cuda-oom" && (-1...367 * 86_400).contains(age), "\(json)")
    }

    @Test("a vLLM file has the key in vLLM's words")
    func vllm() async throws {
        try await withScratch { scratch in
            let result = try await Muster.run(try ["why", example("vllm-2x8-tp16"), "--log"] + logs(scratch))
            #expect(result.text.contains("change: `args.gpu-memory-utilization` at "))
            #expect(result.text.contains("vllm-2x8-tp16.yaml:29:3\n"))
        }
    }

    @Test("fits a narrow terminal", .enabled(if: Muster.hasTerminals, "script and stty are missing"))
    func narrow() async throws {
        try await withScratch { scratch in
            let names = try logs(scratch).joined(separator: " ")
            let result = try await Muster.terminal(columns: 60, "$M why --log \(names)", ["NO_COLOR": "1"])
            let rows = result.text.split(separator: "\n")
            // A path that is broken cannot be copied.
            #expect(rows.count > 8 && rows.allSatisfy { $0.count <= 60 || $0.contains(scratch.path) }, "\(result.text)")
        }
    }

    @Test("says where there is nothing to say, and reads standard input")
    func nothing() async throws {
        let none = try await Muster.run(["why", "--log", "-"], stdin: "all is well\n")
        #expect(none.status == Code.ok && none.text == "no line of this log is a known failure\n")
        let json = try await Muster.run(["why", "--format", "json", "--log", "-"], stdin: "\n").json()
        #expect(json["id"] is NSNull && json["format"] as? String == "muster.why/1")
        let warned = try await Muster.run(["why", "--log", "-"], stdin: "NVRM: Xid (PCI:0000:91:00): 63, pid=9\n")
        #expect(warned.text.hasPrefix("noticed[MUS1004]: xid-63-remap\n"))
    }

    @Test("refuses what cannot be")
    func wrong() async throws {
        let missing = try await Muster.run(["why", "--log", "/nowhere/a.log"])
        #expect(missing.status == Code.failed)
        #expect(missing.errorText == "error: cannot read `/nowhere/a.log`: no such file or directory\n")
        let both = try await Muster.run(["why", "--name", "a", "--log", "-"])
        #expect(both.status == Code.usage && both.errorText.contains("--log reads these files alone"))
        let file = try await Muster.run(["why", "/nowhere/a.yaml", "--log", "-"])
        #expect(file.status == Code.invalid)
        // A word that is no file is the name of something a daemon keeps.
        let name = try await Muster.run(["why", "demo"], in: "/", ["MUSTERD_SOCKET": ""])
        #expect(name.status == Code.daemonUnreachable && name.errorText.contains("deployments by their names"))
    }
}
