import ArgumentParser
import MusterPlan
import MusterRuntime
import MusterSSH
import MusterSpec

/// `muster exec`
struct ExecCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Run a command on the nodes at once; equal answers are shown once.",
        usage: "muster exec [<file>] [--node <node>] [--timeout <duration>] -- <command> ..."
    )

    @OptionGroup var file: FileOptions
    @OptionGroup var unit: UnitOptions
    @Option(help: "How long the command may take, such as 90s.")
    var timeout = "60s"
    @OptionGroup var common: CommonOptions
    @Argument(parsing: .postTerminator, help: "The command and its arguments, behind `--`.")
    var command: [String] = []

    func validate() throws {
        guard !command.isEmpty else {
            throw ValidationError("give a command behind `--`, for example `-- nvidia-smi -L`")
        }
        guard DurationText.parse(timeout) != nil else {
            throw ValidationError("`\(timeout)` is no duration such as 90s")
        }
    }

    func run() async throws {
        let session = Session(format: common.format)
        let plan = try session.plan(file, quiet: true)
        let units = try unit.units(of: plan)
        let (command, deadline) = (command, DurationText.parse(timeout) ?? .seconds(60))
        let answers = try await session.operate { interrupts in
            let answers = try await interrupts.cancelling { () async throws -> [RemoteExec.Answer] in
                let fleet = await Fleet.connect(plan, only: Set(units.map(\.nodeRank)), link: session.link)
                let answers = await RemoteExec.run(command, on: fleet, deadline: deadline)
                await fleet.close()
                return answers
            }
            guard let answers else { throw RuntimeError(.interrupted, "interrupted") }
            return answers
        }
        switch common.format {
        case .json: session.console.data(line: json(answers, plan).pretty)
        case .text: show(RemoteExec.fold(answers), plan, session)
        }
        let good = answers.count {
            if case .success(let result) = $0.result { result.exit == .status(0) } else { false }
        }
        if good == 0 { throw MusterExit.failed.asError }
        if good < answers.count { throw MusterExit.partial.asError }
    }

    private func show(_ groups: [RemoteExec.Group], _ plan: LaunchPlan, _ session: Session) {
        for group in groups {
            let names = group.nodes.map { plan.unit($0)?.node.name ?? $0.description }.joined(separator: ", ")
            switch group.answer.result {
            case .failure(let error):
                session.console.say("--- \(names): \(error.message)")
                session.console.say("  hint: \(Session.hint(error))")
            case .success(let result):
                session.console.data(line: "--- \(names)\(word(result.exit))")
                session.console.data(bytes: result.stdout)
                if let last = result.stdout.last, last != 0x0a { session.console.data("\n") }
                if result.stdoutTruncated { session.console.say("(the output was cut)") }
                if !result.stderr.isEmpty { session.console.say(result.errorText) }
            }
        }
    }

    private func word(_ exit: SSHExecResult.Exit) -> String {
        switch exit {
        case .status(0): ""
        case .status(let status): " (exit status \(status))"
        case .signal(let name): " (killed by \(name))"
        }
    }

    private func json(_ answers: [RemoteExec.Answer], _ plan: LaunchPlan) -> JSONValue {
        let entries = answers.map { answer -> JSONValue in
            let node = JSONValue.string(plan.unit(answer.node)?.node.name ?? "")
            switch answer.result {
            case .failure(let error): return ["node": node, "error": Documents.error(error)]
            case .success(let result):
                let (status, name): (JSONValue, JSONValue) =
                    switch result.exit {
                    case .status(let status): (.integer(Int(status)), .null)
                    case .signal(let name): (.null, .string(name))
                    }
                return [
                    "node": node, "exit_status": status, "signal": name,
                    "stdout": .string(result.text), "stderr": .string(result.errorText),
                    "truncated": .boolean(result.stdoutTruncated || result.stderrTruncated),
                ]
            }
        }
        return ["format": "muster.exec/1", "answers": .array(entries)]
    }
}
