import Foundation
import Glibc
import MusterPlan
import MusterSpec
import MusterTesting
import Testing

@Suite("muster render")
struct RenderTests {
    /// The files below a folder by path, each as its mode and content.
    private func files(_ folder: String) throws -> [String: String] {
        var found: [String: String] = [:]
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        for name in names {
            var status = stat()
            guard stat("\(folder)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            found[name] = "\(String(status.st_mode & 0o7777, radix: 8)) \(text)"
        }
        return found
    }

    @Test("writes each script with its mode, and the same again", arguments: [fourNodes, oneNode])
    func directory(_ name: String) async throws {
        try await withScratch { scratch in
            let plan = try plan(of: try Repository.config(name))
            let folder = scratch.path + "/new/out"
            let result = try await Muster.run(["render", example(name), "--output", folder])
            #expect(result.status == Code.ok && result.stdout.isEmpty)
            #expect(result.errorText == "wrote \(plan.units.count + 1) files to \(folder)\n")
            let first = try files(folder)
            var expected = Dictionary(
                uniqueKeysWithValues: plan.units.map { ("r\($0.nodeRank)/launch.sh", "755 \($0.render.script)") }
            )
            expected["README"] = "644 " + (plan.renderedFiles.last?.content ?? "")
            #expect(first == expected)
            // Whatever was there, and whatever the umask.
            try scratch.write("old", to: "new/out/r0/launch.sh", mode: 0o600)
            var again = LocalCommand(
                ["sh", "-c", "umask 077; exec \"$0\" render \"$1\" -o \"$2\"", Muster.path, example(name), folder],
                environment: Muster.environment
            )
            again.directory = "/"
            #expect(try await again.run().status == Code.ok)
            #expect(try files(folder) == first)
        }
    }

    @Test("prints the scripts as it would write them")
    func standardOutput() async throws {
        let plan = try plan(of: try Repository.config(fourNodes))
        let result = try await Muster.run(["render", example(fourNodes)])
        #expect(
            result.status == Code.ok && result.stderr.isEmpty && result.text == plan.units.map(\.render.script).joined()
        )
        let json = try await Muster.run(["render", example(fourNodes), "--format", "json"]).json()
        #expect(json["format"] as? String == "muster.render/1" && json["hash"] as? String == plan.hash.hex)
        let written = try #require(json["files"] as? [[String: String]])
        #expect(written.map { $0["path"] } == plan.renderedFiles.map(\.path))
        #expect(written.map { $0["content"] } == plan.renderedFiles.map(\.content))
    }

    @Test("writes below the home directory and below the working directory")
    func relative() async throws {
        try await withScratch { scratch in
            let home = try await Muster.run(["render", example(oneNode), "-o", "~/a"], ["HOME": scratch.path])
            let here = try await Muster.run(["render", example(oneNode), "-o", "b/"], in: scratch.path)
            #expect(home.status == Code.ok && here.status == Code.ok)
            #expect(try files(scratch.path + "/a") == files(scratch.path + "/b"))
        }
    }

    @Test(
        "fails with a reason where it cannot write, and says no word about usage",
        arguments: ["file/out", "/proc/nowhere", "file"]
    )
    func unwritable(_ place: String) async throws {
        try await withScratch { scratch in
            try scratch.write("x", to: "file")
            let result = try await Muster.run(["render", example(oneNode), "-o", place], in: scratch.path)
            #expect(result.status == Code.failed && result.stdout.isEmpty && !result.errorText.contains("Usage:"))
            #expect(result.errorText.hasPrefix("error: cannot write `\(place)/r0/launch.sh`: "), "\(result.errorText)")
            #expect(try files(scratch.path) == ["file": "644 x"])
        }
    }

    @Test("leaves no half-written file behind when it fails on the way")
    func partial() async throws {
        try await withScratch { scratch in
            // A folder where a script should be: everything up to the last step succeeds.
            try scratch.write("x", to: "out/r2/launch.sh/in the way")
            let result = try await Muster.run(["render", example(fourNodes), "-o", scratch.path + "/out"])
            #expect(result.status == Code.failed && result.errorText.contains("r2/launch.sh"))
            #expect(
                Set(try files(scratch.path + "/out").keys) == [
                    "r0/launch.sh", "r1/launch.sh", "r2/launch.sh/in the way",
                ]
            )
        }
    }
}
