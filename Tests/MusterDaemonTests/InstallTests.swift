import Foundation
import Glibc
import MusterTesting
import Testing

@Suite("Installing")
struct InstallTests {
    static let script = Repository.root.appending(path: "Deploy/install.sh").path
    private static let pages = ["DaemonFileReference.md", "Logging.md", "Service.md"]

    /// Programs that only have to be there.
    static func programs(_ scratch: Scratch, _ text: String = "one") throws -> String {
        for name in ["muster", "musterd"] {
            try scratch.write("#!/bin/sh\n# \(text)\n", to: "built/\(name)", mode: 0o755)
        }
        return "\(scratch.path)/built"
    }

    private static func install(_ words: String...) async throws -> LocalCommand.Result {
        try await LocalCommand(["sh", script] + words).run()
    }

    private static func mode(_ path: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.posixPermissions] as? Int
    }

    private static func files(below root: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        // With a slash behind it, only a directory is found.
        return names.filter { !FileManager.default.fileExists(atPath: "\(root)/\($0)/") }.sorted()
    }

    @Test("below a directory: installed, again without a change, upgraded, and removed but for the settings")
    func elsewhere() async throws {
        try await withScratch { scratch in
            let root = "\(scratch.path)/a root"
            let from = try Self.programs(scratch)
            let first = try await Self.install("--from", from, "--root", root)
            #expect(first.status == 0, "\(first.errorText)")
            let installed =
                ["etc/musterd.yaml", "etc/systemd/system/musterd.service", "usr/local/bin/muster"]
                + ["usr/local/bin/musterd"] + Self.pages.map { "usr/local/share/doc/muster/\($0)" }
            #expect(Self.files(below: root) == installed)
            #expect(Self.mode("\(root)/usr/local/bin/musterd") == 0o755)
            #expect(Self.mode("\(root)/etc/systemd/system/musterd.service") == 0o644)

            let settings = try scratch.write("stop_timeout: 5s\n", to: "a root/etc/musterd.yaml")
            let again = try await Self.install("--from", from, "--root", root)
            #expect(again.status == 0)
            #expect(!again.text.contains("installed"), "\(again.text)")
            #expect(again.text.contains("/etc/musterd.yaml is there and stays as it is"))

            _ = try Self.programs(scratch, "two")
            let upgrade = try await Self.install("--from", from, "--root", root)
            #expect(upgrade.text.contains("/usr/local/bin/musterd installed"))
            #expect(try String(contentsOfFile: settings, encoding: .utf8) == "stop_timeout: 5s\n")

            for _ in 1...2 {
                let gone = try await Self.install("--uninstall", "--root", root)
                #expect(gone.status == 0, "\(gone.errorText)")
                #expect(gone.text.contains("/etc/musterd.yaml stays"))
                #expect(Self.files(below: root) == ["etc/musterd.yaml"])
            }
        }
    }

    @Test("another prefix is in the unit, too")
    func prefix() async throws {
        try await withScratch { scratch in
            let from = try Self.programs(scratch)
            let result = try await Self.install("--from", from, "--root", scratch.path, "--prefix", "/opt/muster/")
            #expect(result.status == 0, "\(result.errorText)")
            #expect(Self.mode("\(scratch.path)/opt/muster/bin/musterd") == 0o755)
            let unit = try String(contentsOfFile: "\(scratch.path)/etc/systemd/system/musterd.service", encoding: .utf8)
            #expect(unit.contains("ExecStart=/opt/muster/bin/musterd\n"))
            #expect(!unit.contains("/usr/local"))
        }
    }

    @Test(
        "what is wrong is said",
        arguments: [
            (["--from", "/nonexistent"], 1, "there is no program /nonexistent/muster"),
            (["--from"], 2, "--from needs a directory"), (["--form", "x"], 2, "there is no option --form"),
            (["--prefix", "opt"], 2, "--prefix has to begin with /"),
        ]
    )
    func wrong(words: [String], status: Int32, said: String) async throws {
        try await withScratch { scratch in
            let result = try await LocalCommand(["sh", Self.script, "--root", scratch.path] + words).run()
            #expect(result.status == status)
            #expect(result.errorText.contains(said), "\(result.errorText)")
            #expect(Self.files(below: scratch.path).isEmpty)
        }
    }
}
