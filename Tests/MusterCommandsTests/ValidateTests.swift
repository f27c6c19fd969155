import Foundation
import MusterSpec
import MusterTesting
import Testing

@Suite("muster validate")
struct ValidateTests {
    @Test("says on standard output what a valid file describes", arguments: Repository.configs.map(\.name))
    func valid(_ name: String) async throws {
        let path = Repository.root.appending(path: "Configs/\(name)").path
        let result = try await Muster.run(["validate", path], ["VLLM_API_KEY": "k"])
        #expect(result.status == Code.ok && result.stderr.isEmpty, "\(result.errorText)")
        #expect(result.text.hasPrefix("\(path): valid: ") && result.text.hasSuffix(".\n") == false)
        let json = try await Muster.run(["validate", path, "--format", "json"], ["VLLM_API_KEY": "k"]).json()
        #expect(json["format"] as? String == "muster.validate/1" && json["valid"] as? Bool == true)
        #expect((json["diagnostics"] as? [Any])?.isEmpty ?? false)
        let hashes = json["plan_hashes"] as? [String] ?? [json["plan_hash"] as? String ?? ""]
        #expect(hashes.allSatisfy { $0.count == 64 })
    }

    @Test("reports every problem of a file at once, on standard error")
    func severalErrors() async throws {
        let text = clusterFile(tensor: 7, more: "nonsense: 1\nports: {http: 99999}")
        let result = try await Muster.run(["validate", "-"], stdin: text)
        #expect(result.status == Code.invalid && result.stdout.isEmpty && !result.errorText.contains("Usage:"))
        for code in ["MUS0201", "MUS0205", "MUS0304"] {
            #expect(result.errorText.contains("error[\(code)]"), "\(code)")
        }
        #expect(result.errorText.contains("-:") && result.errorText.contains("3 errors"))
        #expect(result.errorText.split(separator: "\n").allSatisfy { !$0.hasSuffix(" ") || $0.hasSuffix("| ") })
    }

    @Test("reports the same in JSON, on standard output only")
    func severalErrorsInJSON() async throws {
        let result = try await Muster.run(
            ["validate", "-", "--format", "json"],
            stdin: clusterFile(tensor: 7, more: "nonsense: 1")
        )
        #expect(result.status == Code.invalid && result.stderr.isEmpty)
        let json = try result.json()
        #expect(json["valid"] as? Bool == false && json["plan_hash"] is NSNull && json["name"] as? String == "sample")
        let diagnostics = try #require(json["diagnostics"] as? [[String: Any]])
        #expect(diagnostics.compactMap { $0["code"] as? String }.sorted() == ["MUS0201", "MUS0304"])
    }

    /// A path that cannot be used as a cluster file, and the code that says so.
    @Test(
        "a file that is none is invalid, not a failure",
        arguments: [
            ("missing.yaml", "MUS0110"), ("folder", "MUS0110"), ("binary", "MUS0102"), ("empty", "MUS0101"),
            ("list", "MUS0203"),
        ]
    )
    func unreadable(_ name: String, _ code: String) async throws {
        try await withScratch { scratch in
            try scratch.write("x", to: "folder/x")
            try scratch.write("name: \u{0}\u{1}\n", to: "binary")
            try scratch.write("# nothing\n", to: "empty")
            try scratch.write("- a\n- b\n", to: "list")
            for verb in ["validate", "plan", "render", "up", "status", "down", "logs", "restart"] {
                let result = try await Muster.run([verb, scratch.path + "/" + name])
                #expect(result.status == Code.invalid && result.stdout.isEmpty)
                #expect(
                    result.errorText.contains("error[\(code)]") && !result.errorText.contains("Usage:"),
                    "\(verb): \(result.errorText)"
                )
            }
        }
    }

    @Test("bytes that are no text are said to be none")
    func notText() async throws {
        try await withScratch { scratch in
            let path = scratch.path + "/binary"
            try Data([0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe, 0x00]).write(to: URL(filePath: path))
            let result = try await Muster.run(["validate", path])
            #expect(result.status == Code.invalid && result.errorText.contains("error[MUS0102]"))
        }
    }

    @Test("reads the file of $MUSTER_FILE, else muster.yaml")
    func defaults() async throws {
        try await withScratch { scratch in
            let path = try scratch.write(clusterFile(), to: "muster.yaml")
            let other = try scratch.write(clusterFile(), to: "other.yaml")
            #expect(try await Muster.run(["validate"], in: scratch.path).text.hasPrefix("muster.yaml: valid"))
            #expect(
                try await Muster.run(["validate"], in: "/", ["MUSTER_FILE": other]).text.hasPrefix("\(other): valid")
            )
            #expect(
                try await Muster.run(["validate", path], in: "/", ["MUSTER_FILE": other]).text.hasPrefix(
                    "\(path): valid"
                )
            )
            #expect(try await Muster.run(["validate"], in: "/").status == Code.invalid)
        }
    }

    @Test("a warning is told and does not fail")
    func warning() async throws {
        let result = try await Muster.run(["validate", "-"], stdin: clusterFile(more: "ports: {http: 40000}"))
        #expect(
            result.status == Code.ok && result.errorText.contains("warning[MUS0309]")
                && result.text.hasPrefix("-: valid")
        )
    }
}
