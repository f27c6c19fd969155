import Foundation
import MusterTesting
import Testing

@Suite("muster diagnose")
struct DiagnoseVerbTests {
    /// Nobody listens there.
    private static let file = """
        name: sample
        engine: {kind: sglang, version: 0.5.9}
        model: /models/m
        tp_size: 8
        gpus_per_node: 8
        nodes:
          - {name: gpu-1, host: 127.0.0.1}
        ssh: {port: 9, user: nobody}
        secrets: {HF_TOKEN: {env: CANARY}}
        args: {api-key: {secret: HF_TOKEN}}
        # my old one was c4n4ry-5f31-9a7b
        """

    private func run(_ scratch: Scratch, _ more: [String] = []) async throws -> LocalCommand.Result {
        try scratch.write(Self.file, to: "muster.yaml")
        return try await Muster.run(["diagnose"] + more, in: scratch.path, ["CANARY": "c4n4ry-5f31-9a7b"])
    }

    private func tar(_ words: String...) async throws -> String { try await LocalCommand(["tar"] + words).run().text }

    @Test("writes what there is where no node answers, says what is missing, and masks the file's secrets")
    func unreached() async throws {
        try await withScratch { scratch in
            let result = try await run(scratch, ["-o", "a.tar.gz"])
            #expect(result.status == Code.partial && result.text == "a.tar.gz\n")
            #expect(result.errorText.contains("gpu-1: "))
            let path = "\(scratch.path)/a.tar.gz"
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let names = try await tar("-tzf", path).split(separator: "\n").map { $0.split(separator: "/").dropFirst() }
                .filter { !$0.isEmpty }.map { $0.joined(separator: "/") }
            for name in ["README.txt", "cluster.yaml", "plan.json", "why.json", "status.json"] {
                #expect(names.contains(name), "\(names)")
            }
            #expect(names.contains { $0.hasPrefix("render/") && $0.hasSuffix(".sh") }, "\(names)")
            let all = try await tar("-xzOf", path)
            #expect(!all.contains("c4n4ry") && all.contains("# my old one was [redacted]"))
            #expect(all.contains("Not read:\n  gpu-1: "))
            // Nothing half-done stays beside it, and nothing is overwritten.
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted() == [
                    "a.tar.gz", "muster.yaml",
                ]
            )
            let again = try await run(scratch, ["-o", "a.tar.gz"])
            #expect(
                again.status == Code.failed && again.errorText.contains("cannot write `a.tar.gz`: it is there already")
            )
        }
    }

    @Test("names the archive after the deployment and the time, and lists it in JSON")
    func json() async throws {
        try await withScratch { scratch in
            let json = try await run(scratch, ["--format", "json"]).json()
            let archive = try #require(json["archive"] as? String)
            #expect(archive.wholeMatch(of: /sample-[0-9]{8}T[0-9]{6,9}Z\.tar\.gz/) != nil, "\(archive)")
            #expect((json["files"] as? [String])?.contains("cluster.yaml") == true)
            #expect((json["unread"] as? [Any])?.isEmpty == false)
        }
    }

    @Test("a folder that is not there is told")
    func nowhere() async throws {
        try await withScratch { scratch in
            let result = try await run(scratch, ["-o", "/nowhere/a.tar.gz"])
            #expect(result.status == Code.failed && result.errorText.contains("cannot write `/nowhere/a.tar.gz`: "))
        }
    }
}
