import Foundation
import Glibc
import MusterClient
import MusterSpec
import MusterTesting
import Testing

@Suite("Settings of the daemon")
struct SettingsTests {
    private static let broken = """
        log: {level: loud}
        retention:
          events: 5
        listen: {port: 70000, token_file: t, tls: refused}
        stop_timeuot: 5s
        """

    @Test("a check says where things would be, and makes nothing")
    func check() async throws {
        try await withScratch { scratch in
            let settings = try scratch.write("state_dir: \(scratch.path)/state\n", to: "musterd.yaml")
            let result = try await Musterd.run(["--check", "--config", settings])
            #expect(result.status == 0)
            #expect(result.text.isEmpty)
            #expect(
                result.errorText == "state directory \(scratch.path)/state, "
                    + "socket \(scratch.path)/state/api/musterd.sock: all is well\n"
            )
            #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/state"))
        }
    }

    @Test("every problem is named with file, line and column", arguments: [["--check"], []])
    func broken(flags: [String]) async throws {
        try await withScratch { scratch in
            let settings = try scratch.write(Self.broken, to: "musterd.yaml")
            let state = "\(scratch.path)/state"
            let result = try await Musterd.run(flags + ["--config", settings, "--state-dir", state])
            #expect(result.status == 3)
            let lines = result.errorText.split(separator: "\n")
            let places = lines.compactMap { line in
                line.wholeMatch(of: /(.*?):(\d+):(\d+): error\[MUS\d{4}\]: .+/).map { "\($0.1):\($0.2):\($0.3)" }
            }
            #expect(places == ["1:14", "3:11", "4:16", "5:1"].map { "\(settings):\($0)" }, "\(result.errorText)")
            #expect(lines.count == 4)
            #expect(!FileManager.default.fileExists(atPath: state))
        }
    }

    @Test("a settings file that somebody names has to be there")
    func missing() async throws {
        let result = try await Musterd.run(["--check", "--config", "/nonexistent/musterd.yaml"])
        #expect(result.status == 3)
        #expect(result.errorText.contains("`/nonexistent/musterd.yaml`: no such file or directory"))
    }

    @Test("wrong usage ends with 2", arguments: [["--log-level", "loud"], ["--no-such-option"], ["word"]])
    func usage(words: [String]) async throws {
        let result = try await Musterd.run(words)
        #expect(result.status == 2)
        #expect(result.text.isEmpty && result.errorText.contains("Usage: musterd"))
    }

    @Test("version and help go to standard output")
    func help() async throws {
        let version = try await Musterd.run(["--version"])
        #expect(version.status == 0 && version.text == "\(Release.version)\n")
        let help = try await Musterd.run(["--help"])
        #expect(help.status == 0 && help.text.contains("SIGHUP") && help.text.contains("--check"))
    }

    @Test("a reload of invalid settings changes nothing and says so; a valid one is welcome after it")
    func reload() async throws {
        try await withScratch { scratch in
            let settings = try scratch.write("log: {level: info, format: journal}\n", to: "musterd.yaml")
            let manager = try NotifySocket("\(scratch.path)/notify")
            let variables = ["NOTIFY_SOCKET": manager.name]
            try await withMusterd("\(scratch.path)/state", settings: settings, variables) { daemon in
                try scratch.write(Self.broken, to: "musterd.yaml")
                daemon.send(SIGHUP)
                try await manager.wait(for: "READY=1", times: 2)
                #expect(daemon.lines.contains("<3>the settings are invalid; those from before stay"))
                #expect(daemon.lines.contains { $0.hasPrefix("<3>\(settings):3:11: error[MUS") })
                try await daemon.answers()

                try scratch.write("log: {level: notice, format: json}\nstop_timeout: 5s\n", to: "musterd.yaml")
                daemon.send(SIGHUP)
                try await manager.wait(for: "READY=1", times: 3)
                let word = "<5>the settings are valid and in effect; at the next start: log.format, stop_timeout"
                #expect(daemon.lines.last == word)

                try scratch.write("log: {level: error, format: journal}\n", to: "musterd.yaml")
                daemon.send(SIGHUP)
                try await manager.wait(for: "READY=1", times: 4)
                #expect(daemon.lines.last == word, "its level is already the new one")

                try FileManager.default.removeItem(atPath: settings)
                daemon.send(SIGHUP)
                try await manager.wait(for: "READY=1", times: 5)
                #expect(daemon.lines.last == "<3>the settings are invalid; those from before stay")
                try await daemon.stop()
            }
        }
    }

    // MARK: The file that is installed

    private static func example(uncommented: Bool) throws -> DaemonFile {
        let lines = try Repository.text("Deploy/musterd.yaml").split(separator: "\n", omittingEmptySubsequences: false)
        // `#key` is a setting, `# word` is a sentence.
        let text = lines.map { line in
            let isSetting = line.hasPrefix("#") && line.dropFirst().first.map { $0 != " " } ?? false
            let isInside = line.firstMatch(of: /^#  \w+:/) != nil
            return uncommented && (isSetting || isInside) ? String(line.dropFirst()) : String(line)
        }
        return DaemonFile(bytes: Array(text.joined(separator: "\n").utf8), name: "musterd.yaml")
    }

    @Test("the installed file says nothing, so every default holds")
    func installed() throws {
        let file = try Self.example(uncommented: false)
        #expect(file.diagnostics.isEmpty)
        #expect(file.spec.stateDirectory == nil && file.spec.socket == nil && file.spec.listen == nil)
    }

    @Test("what it has as comments is valid, has every key, and is the default")
    func comments() throws {
        let file = try Self.example(uncommented: true)
        #expect(file.diagnostics.isEmpty, "\(file.diagnostics)")
        let (spec, plain) = (file.spec, DaemonSpec())
        #expect(spec.stateDirectory == "/var/lib/musterd" && spec.socket == "/run/musterd/musterd.sock")
        #expect(spec.logLevel == plain.logLevel && spec.logFormat == "journal")
        #expect(spec.keptEvents == plain.keptEvents && spec.keptAge == plain.keptAge)
        #expect(spec.stopTimeout == plain.stopTimeout)
        #expect(spec.listen?.address.text == "127.0.0.1" && spec.listen?.port.value == 7433)
        let text = try Repository.text("Deploy/musterd.yaml")
        for field in DaemonFields.root { #expect(text.contains("#\(field.name):"), "\(field.name)") }
    }
}
