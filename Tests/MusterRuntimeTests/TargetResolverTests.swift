import Foundation
import MusterPlan
import MusterSSH
import MusterSpec
import MusterTesting
import Synchronization
import Testing

@testable import MusterRuntime

/// What the file says over what a real `ssh -G` says.
@Suite("TargetResolver")
struct TargetResolverTests {
    private let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"

    /// The target of a host under an ssh_config, and what was noted on the way.
    private func resolve(
        _ host: String,
        config: String,
        ssh: String = "",
        path: String? = nil,
        environment: [String: String] = [:],
        also: [String: String] = [:]
    ) async throws -> (target: SSHTarget, notes: [String]) {
        try await withScratch { scratch in
            for (name, text) in also { try scratch.write(text.replacing("DIR", with: scratch.path), to: name) }
            let file = try scratch.write(config.replacing("DIR", with: scratch.path), to: "config")
            let node = try plan(
                of: """
                    name: a
                    engine: {kind: sglang, version: 0.4.4.post1}
                    model: /m
                    tp_size: 8
                    gpus_per_node: 8
                    nodes: [{host: \(host)}]
                    ssh: {config: \(file)\(ssh.isEmpty ? "" : ", " + ssh)}
                    """
            ).units[0].node
            let machine = LocalMachine(
                user: "local",
                home: "/home/local",
                hostName: "here",
                pid: 1,
                environment: environment.merging(["PATH": path ?? self.path]) { $1 }
            )
            let notes = Mutex<[String]>([])
            let resolver = TargetResolver(machine) { note in notes.withLock { $0.append(note) } }
            return (target: try await resolver.target(for: node), notes: notes.withLock { $0 })
        }
    }

    @Test("takes what the file leaves out from ssh_config, with Include and Match")
    func configuration() async throws {
        let (target, notes) = try await resolve(
            "gpu-7",
            config: """
                Include DIR/more
                Match originalhost gpu-*
                    Port 2201
                Host *
                    User everybody
                    IdentityFile DIR/key-%h
                    UserKnownHostsFile DIR/known DIR/known2
                    GlobalKnownHostsFile none
                    StrictHostKeyChecking accept-new
                    ConnectTimeout 7
                """,
            also: ["more": "Host gpu-7\n    HostName 10.9.8.7\n    User ops\n"]
        )
        #expect(target.host == "10.9.8.7" && target.port == 2201 && target.user == "ops" && target.alias == "gpu-7")
        #expect(target.identityFiles.map { $0.split(separator: "/").last } == ["key-10.9.8.7"])
        #expect(target.knownHostsFiles.map { $0.split(separator: "/").last } == ["known", "known2"])
        #expect(target.hostKeys == .acceptNew && target.connectTimeout == .seconds(7) && target.jumps.isEmpty)
        #expect(notes.isEmpty)
    }

    @Test("what the cluster file says wins")
    func overrides() async throws {
        let (target, _) = try await resolve(
            "gpu-7",
            config:
                "Host *\n    User ops\n    Port 2201\n    IdentityFile DIR/key\n    StrictHostKeyChecking accept-new\n",
            ssh:
                "user: root, port: 2222, identity: ~/.ssh/cluster, host_keys: strict, known_hosts: ~/known, connect_timeout: 3s"
        )
        #expect(target.user == "root" && target.port == 2222 && target.identityFiles == ["/home/local/.ssh/cluster"])
        #expect(
            target.hostKeys == .strict && target.knownHostsFiles == ["/home/local/known"]
                && target.connectTimeout == .seconds(3)
        )
    }

    @Test("matches ssh_config by the user the cluster file names, as `ssh -l` would")
    func matchUser() async throws {
        let config = "Match user root\n    HostName 10.0.0.99\nHost *\n    HostName 10.0.0.1\n"
        #expect(try await resolve("gpu-7", config: config, ssh: "user: root").target.host == "10.0.0.99")
        #expect(try await resolve("gpu-7", config: config, ssh: "user: ops").target.host == "10.0.0.1")
    }

    @Test("goes through the jump hosts of ssh_config, each by its own settings")
    func proxyJump() async throws {
        let (target, _) = try await resolve(
            "gpu-7",
            config: """
                Host gpu-*
                    ProxyJump door,admin@inner:2022
                Host door
                    HostName 192.0.2.1
                    User guard
                    Port 2200
                Host inner
                    HostName 10.0.0.254
                Host *
                    User everybody
                """
        )
        #expect(target.jumps.map(\.host) == ["192.0.2.1", "10.0.0.254"])
        #expect(target.jumps.map(\.user) == ["guard", "admin"] && target.jumps.map(\.port) == [2200, 2022])
        #expect(target.jumps.map(\.alias) == ["door", "inner"] && target.user == "everybody")
    }

    @Test("a jump host of the cluster file takes the place of that of ssh_config, with the file's keys")
    func jumpOfTheFile() async throws {
        let (target, _) = try await resolve(
            "gpu-7",
            config: "Host gpu-7\n    ProxyJump door\nHost bastion\n    HostName 192.0.2.9\n",
            ssh: "jump: ops@bastion, user: root, identity: /k"
        )
        #expect(target.jumps.map(\.host) == ["192.0.2.9"] && target.jumps.map(\.user) == ["ops"])
        #expect(target.jumps.map(\.identityFiles) == [["/k"]] && target.user == "root")
    }

    @Test("refuses a ProxyCommand, on the way to a node and to a jump host", arguments: ["gpu-7", "door"])
    func proxyCommand(_ host: String) async throws {
        let config =
            "Host gpu-7\n    \(host == "door" ? "ProxyJump door" : "ProxyCommand nc %h %p")\nHost door\n    ProxyCommand nc -X5 %h %p\n"
        let error = await #expect(throws: RuntimeError.self) { try await resolve("gpu-7", config: config) }
        #expect(error?.code == .sshOther && error?.node == host)
        #expect(error?.message.hasPrefix("`ProxyCommand nc") ?? false)
    }

    @Test("uses OpenSSH's defaults where there is no ssh, and says so")
    func withoutSSH() async throws {
        let (target, notes) = try await resolve(
            "gpu-7",
            config: "Host *\n    User ops\n    Port 2201\n",
            ssh: "port: 2222, jump: ops@bastion:2022",
            path: "/nonexistent",
            environment: ["SSH_AUTH_SOCK": "/agent"]
        )
        #expect(
            target.host == "gpu-7" && target.user == "local" && target.port == 2222 && target.agentSocket == "/agent"
        )
        #expect(target.identityFiles.first == "/home/local/.ssh/id_ed25519" && target.hostKeys == .strict)
        #expect(target.jumps.map(\.host) == ["bastion"] && target.jumps.map(\.port) == [2022])
        let note = "there is no `ssh` to ask about ssh_config, so OpenSSH's defaults are used for"
        #expect(notes == ["\(note) gpu-7", "\(note) bastion"])
    }

    @Test("uses the defaults when ssh_config is broken, and says why")
    func brokenConfiguration() async throws {
        let (target, notes) = try await resolve("gpu-7", config: "NoSuchKeyword yes\n")
        #expect(target.host == "gpu-7" && target.port == 22)
        #expect(notes.count == 1 && notes[0].hasPrefix("`ssh -G gpu-7` failed, so ssh_config is not used: "))
        #expect(notes[0].contains("NoSuchKeyword") || notes[0].contains("nosuchkeyword"))
        #expect(!notes[0].contains("\n") && !notes[0].contains("Optional"))
    }

    @Test("asks for signs of life often enough to follow a deployment")
    func keepalive() async throws {
        #expect(try await resolve("gpu-7", config: "").target.keepalive == .seconds(5))
        #expect(
            try await resolve("gpu-7", config: "Host *\n    ServerAliveInterval 60\n").target.keepalive == .seconds(5)
        )
        #expect(
            try await resolve("gpu-7", config: "Host *\n    ServerAliveInterval 2\n").target.keepalive == .seconds(2)
        )
    }
}
