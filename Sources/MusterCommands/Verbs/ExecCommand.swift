import ArgumentParser
import MusterAPI
import MusterClient
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

    @OptionGroup var target: TargetOptions
    @OptionGroup var unit: UnitOptions
    @Option(help: "How long the command may take, such as 90s.")
    var timeout = "60s"
    @OptionGroup var daemon: DaemonOptions
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
        let target = try session.target(target)
        let chosen = try target.plans.isEmpty ? [] : unit.units(of: target.plans)
        if let keeper = try await session.keeper(of: target, daemon.choice) {
            try AnswerReport(answers: try await answers(keeper, session)).finish(session)
        } else {
            try AnswerReport(answers: try await answers(chosen, session)).finish(session)
        }
    }

    private var deadline: Duration { DurationText.parse(timeout) ?? .seconds(60) }

    private func answers(
        _ chosen: [(plan: LaunchPlan, units: Set<NodeRank>)],
        _ session: Session
    ) async throws -> [NodeAnswer] {
        let (command, deadline) = (command, deadline)
        return try await session.operate { interrupts in
            let answers = try await interrupts.cancelling {
                await RemoteExec.run(command, on: chosen, deadline: deadline, link: session.link)
            }
            guard let answers else { throw RuntimeError(.interrupted, "interrupted") }
            return answers.map(NodeAnswer.init)
        }
    }

    private func answers(_ keeper: Keeper, _ session: Session) async throws -> [NodeAnswer] {
        let (unit, command, deadline) = (unit, command, deadline)
        return try await session.ask(keeper.address) { client, interrupts in
            let isAll = unit.isEmpty && unit.replica == nil
            let nodes = try isAll ? nil : unit.entries(of: await keeper.roster(client)).map(\.node)
            let seconds = min(max(1, deadline.components.seconds), 86_400)
            let request = ExecRequest(command: command, nodes: nodes, timeout: Int(seconds))
            let answers = try await interrupts.cancelling {
                try await KeptExec.answers(request, on: keeper.name, within: deadline + KeptExec.grace, client)
            }
            guard let answers else { throw RuntimeError(.interrupted, "interrupted; what was started may run on") }
            return answers
        }
    }
}

extension NodeAnswer {
    fileprivate init(_ answer: RemoteExec.Answer) {
        node = answer.node
        result = answer.result.map { result in
            var output = Output(
                stdout: result.stdout,
                stderr: result.errorText,
                isCut: result.stdoutTruncated || result.stderrTruncated
            )
            switch result.exit {
            case .status(let status): output.status = Int(status)
            case .signal(let name): output.signal = name
            }
            return output
        }
    }
}
