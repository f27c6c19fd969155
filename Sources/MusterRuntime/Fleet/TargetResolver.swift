package import MusterPlan
package import MusterSSH
import MusterSpec
import Subprocess

/// Finds out how to reach a node: what the cluster file says over what `ssh -G` says.
///
/// `ssh -G` is the only reader of ssh_config that knows all of its rules (Include, Match, tokens), so it is asked rather
/// than imitated; without an ssh client the built-in defaults of OpenSSH are used.
package struct TargetResolver: Sendable {
    private let machine: LocalMachine
    private let note: @Sendable (String) -> Void

    private let acceptsNewHostKeys: Bool

    /// `note` hears what a person should know and nothing fails over. Without `acceptsNewHostKeys` a key that is not known
    /// is refused, whatever the file or ssh_config says.
    package init(
        _ machine: LocalMachine,
        acceptsNewHostKeys: Bool = true,
        note: @escaping @Sendable (String) -> Void
    ) {
        self.machine = machine
        self.acceptsNewHostKeys = acceptsNewHostKeys
        self.note = note
    }

    package func target(for node: PlannedNode) async throws(RuntimeError) -> SSHTarget {
        let ssh = node.ssh
        var options: [String] = []
        if let config = ssh.config { options += ["-F", machine.expand(config)] }
        if let user = ssh.user { options += ["-l", user] }
        if let port = ssh.port { options += ["-p", String(port)] }
        if let jump = ssh.jump { options += ["-J", jump] }
        var config = await resolve(node.host, options: options)
        // Said here and not only to `ssh -G`: where that cannot be asked, a node must not be tried without its jump.
        if let jump = ssh.jump {
            config.jumps = jump.split(separator: ",").compactMap { SSHConfigOutput.Jump(String($0)) }
        }
        if let problem = config.unsupported.first {
            throw RuntimeError(
                .sshOther,
                problem,
                node: node.name,
                hint: "or set `ssh: {jump: ...}` in the cluster file"
            )
        }
        var jumps: [SSHTarget] = []
        for jump in config.jumps { jumps.append(try await self.jump(jump, like: ssh)) }
        var target = config.target(jumps: jumps)
        target.user = ssh.user ?? target.user
        target.port = ssh.port ?? target.port
        apply(ssh, to: &target)
        target.alias = node.name
        return target
    }

    /// A jump host takes the keys and known hosts of the file, and its own address and login from ssh_config.
    private func jump(_ jump: SSHConfigOutput.Jump, like ssh: PlannedSSH) async throws(RuntimeError) -> SSHTarget {
        var options: [String] = []
        if let config = ssh.config { options += ["-F", machine.expand(config)] }
        if let user = jump.user { options += ["-l", user] }
        if let port = jump.port { options += ["-p", String(port)] }
        let config = await resolve(jump.host, options: options)
        if let problem = config.unsupported.first { throw RuntimeError(.sshOther, problem, node: jump.host) }
        var target = config.target()
        target.user = jump.user ?? target.user
        target.port = jump.port ?? target.port
        apply(ssh, to: &target)
        return target
    }

    private func apply(_ ssh: PlannedSSH, to target: inout SSHTarget) {
        if let identity = ssh.identity { target.identityFiles = [machine.expand(identity)] }
        if let file = ssh.knownHosts { target.knownHostsFiles = [machine.expand(file)] }
        if let acceptsNew = ssh.acceptsNewHostKeys { target.hostKeys = acceptsNew ? .acceptNew : .strict }
        if !acceptsNewHostKeys { target.hostKeys = .strict }
        if let timeout = ssh.connectTimeout { target.connectTimeout = timeout }
        // Three times this without a sign of life is a lost connection; a deployment being watched cannot wait for TCP.
        target.keepalive = min(target.keepalive, .seconds(5))
    }

    private func resolve(_ host: String, options: [String]) async -> SSHConfigOutput {
        let environment = Dictionary(
            uniqueKeysWithValues: machine.environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        )
        let defaults = { [machine] in
            SSHConfigOutput.defaults(
                alias: host,
                user: machine.user,
                home: machine.home,
                environment: machine.environment
            )
        }
        do {
            let result = try await run(
                .name("ssh"),
                arguments: Arguments(["-G"] + options + ["--", host]),
                environment: .custom(environment),
                output: .string(limit: 1 << 20),
                error: .string(limit: 16 << 10)
            )
            guard result.terminationStatus.isSuccess else {
                let reason = result.standardError.split(whereSeparator: \.isNewline).first ?? "it gave no reason"
                note("`ssh -G \(host)` failed, so ssh_config is not used: \(reason)")
                return defaults()
            }
            return SSHConfigOutput.parse(
                result.standardOutput,
                alias: host,
                user: machine.user,
                home: machine.home,
                environment: machine.environment
            )
        } catch {
            note("there is no `ssh` to ask about ssh_config, so OpenSSH's defaults are used for \(host)")
            return defaults()
        }
    }
}
