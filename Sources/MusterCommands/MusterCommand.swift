package import ArgumentParser
import MusterSpec

/// The root of the command line.
package struct MusterCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "muster",
        abstract: "Bring multi-node SGLang and vLLM deployments up from one file, over plain SSH.",
        discussion: """
            Exit codes: 0 done, 1 the operation failed, 2 wrong usage, 3 the cluster file is invalid, \
            4 the daemon cannot be reached, 5 done in part. Data goes to standard output, everything else to standard error.
            """,
        version: Release.version,
        subcommands: [
            ValidateCommand.self, ExplainCommand.self, FlagsCommand.self, SchemaCommand.self, PlanCommand.self,
            RenderCommand.self, FitCommand.self, DoctorCommand.self, UpCommand.self, StatusCommand.self,
            LogsCommand.self, WhyCommand.self, DiagnoseCommand.self, RestartCommand.self, DownCommand.self,
            ExecCommand.self, EventsCommand.self, ListCommand.self, NodesCommand.self, PauseCommand.self,
            ResumeCommand.self, DrainCommand.self, UndrainCommand.self, ForgetCommand.self,
        ]
    )

    package init() {}
}
