import Foundation
import MusterAPI
import MusterClient
import MusterSpec
import MusterTesting
import Testing

@Suite("Log of the daemon")
struct LogTests {
    /// Looks like nothing else in any file.
    private static let canary = "canary-5f1e9b7c-of-a-secret"

    /// One node where nothing listens, and secrets from every source.
    private static func cluster(_ scratch: Scratch) -> String {
        """
        name: lab
        engine: {kind: sglang, version: 0.5.9}
        model: /models/standin
        tcp_iface: lo
        rdma_gid_index: 3
        tp_size: 2
        gpus_per_node: 2
        ssh: {user: nobody, port: 1, known_hosts: \(scratch.path)/known_hosts, connect_timeout: 1s}
        secrets:
          FROM_ENVIRONMENT: {env: MUSTER_TEST_SECRET}
          FROM_FILE: {file: \(scratch.path)/secret}
          FROM_REQUEST: {env: MUSTER_TEST_ELSEWHERE}
        nodes:
          - {name: node1, host: 127.0.0.1, address: 127.0.0.1}

        """
    }

    /// Has a deployment fail to connect, so that there is something to say, and returns what was said.
    private static func story(_ format: String, state name: String, in scratch: Scratch) async throws -> [String] {
        let settings = try scratch.write("log: {level: trace, format: \(format)}\n", to: "musterd.yaml")
        try scratch.write("\(canary)-file\n", to: "secret", mode: 0o600)
        let state = "\(scratch.path)/\(name)"
        let variables = ["MUSTER_TEST_SECRET": "\(canary)-environment"]
        return try await withMusterd(state, settings: settings, variables) { daemon in
            let request = UpRequest(
                file: cluster(scratch),
                path: "\(scratch.path)/lab.yaml",
                secrets: Secrets(["FROM_REQUEST": "\(canary)-request"])
            )
            _ = try await daemon.ask { try await $0.up("lab", request) }
            try await eventually("the node is missed; it said:\n\(daemon.log)") {
                try await daemon.ask { try await $0.events(after: 0, limit: 100) }.events
                    .contains { ["nodeSuspected", "waiting", "nodeLost"].contains($0.kind) }
            }
            try await daemon.stop()
            return daemon.log.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// Every file below a directory.
    private static func contents(_ directory: String) throws -> [(name: String, bytes: Data)] {
        let names = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
        return names.compactMap { name in
            (try? Data(contentsOf: URL(filePath: "\(directory)/\(name)"))).map { (name, $0) }
        }
    }

    private static func isLine(_ line: String, _ format: String) -> Bool {
        switch format {
        case "journal": line.wholeMatch(of: /<[2-7]>[^<].*/) != nil
        case "text":
            line.wholeMatch(
                of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (trace|debug|info|notice|warning|error) .+/
            ) != nil
        default:
            (try? JSONDecoder().decode([String: String].self, from: Data(line.utf8))).map { object in
                ["time", "level", "message"].allSatisfy { object[$0]?.isEmpty == false }
            } ?? false
        }
    }

    @Test(
        "every event is one line of the format, and no secret is in any of them or in any file kept",
        arguments: ["journal", "text", "json"]
    )
    func formats(format: String) async throws {
        try await withScratch { scratch in
            // The directory's name is in the log, as what a node says might be.
            let name = "state\n<0>forged \"quoted\""
            var lines = try await Self.story(format, state: name, in: scratch)
            #expect(lines.removeLast().isEmpty)
            #expect(lines.count > 4)
            for line in lines {
                #expect(Self.isLine(line, format), "\(line)")
                #expect(!line.contains("canary"), "\(line)")
            }
            let files = try Self.contents("\(scratch.path)/\(name)")
            #expect(files.contains { $0.name == "musterd.sqlite" })
            for (file, bytes) in files {
                #expect(bytes.range(of: Data(Self.canary.utf8)) == nil, "a secret is in \(file)")
            }
        }
    }

    @Test("the journal's format is chosen where the journal listens", arguments: [true, false])
    func choice(isJournal: Bool) async throws {
        try await withScratch { scratch in
            let variables = isJournal ? ["JOURNAL_STREAM": "8:1"] : [:]
            try await withMusterd("\(scratch.path)/state", variables) { daemon in
                for line in daemon.lines { #expect(Self.isLine(line, isJournal ? "journal" : "text"), "\(line)") }
            }
        }
    }

    @Test("a level leaves out what is below it")
    func level() async throws {
        try await withScratch { scratch in
            let arguments = ["--state-dir", "\(scratch.path)/state", "--log-level", "warning"]
            try await withMusterd("\(scratch.path)/state", arguments: arguments) { daemon in
                try await daemon.serving()
                try await daemon.stop()
                #expect(daemon.log.isEmpty)
            }
        }
    }
}
