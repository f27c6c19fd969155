import ArgumentParser

/// `muster doctor`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Find what is wrong with the nodes before a model is loaded.",
        discussion: """
            Without a subcommand it is `muster doctor check`. Nodes are only read; nothing is changed there.
            """,
        subcommands: [DoctorCheckCommand.self, DoctorParseCommand.self],
        defaultSubcommand: DoctorCheckCommand.self
    )
}
