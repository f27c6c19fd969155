import ArgumentParser
import MusterPlan
import MusterRuntime
import MusterSpec

/// `muster render`
struct RenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Write the launch script of every unit, and run nothing.",
        discussion: """
            The scripts are byte for byte what `muster up` pushes, and run by hand on the nodes without muster. Without \
            --output they go to standard output, one after the other.
            """
    )

    @OptionGroup var file: FileOptions
    @Option(name: [.short, .long], help: "The directory to write to; made when it is not there.")
    var output: String?
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard output != "" else { throw ValidationError("--output is empty: name a directory") }
    }

    func run() throws {
        let session = Session(format: common.format)
        let plans = try session.plans(file)
        let files = plans.flatMap(\.renderedFiles)
        if let output { try write(files, to: session.machine.expand(output), session) }
        switch common.format {
        case .json: session.console.data(line: Documents.render(plans).pretty)
        case .text:
            guard output == nil else { return }
            for unit in plans.flatMap(\.units) { session.console.data(unit.render.script) }
        }
    }

    private func write(_ files: [RenderedFile], to directory: String, _ session: Session) throws {
        for file in files {
            let path = "\(directory)/\(file.path)"
            let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            if let problem = LocalFiles.makeDirectory(parent)
                ?? LocalFiles.write(file.content, to: path, mode: file.mode)
            {
                session.console.say("error: cannot write `\(path)`: \(problem.reason)")
                throw MusterExit.failed.asError
            }
        }
        session.console.say("wrote \(files.count) files to \(directory)")
    }
}
