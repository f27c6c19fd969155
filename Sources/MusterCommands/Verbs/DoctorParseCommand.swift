import ArgumentParser
import MusterDoctor
import MusterRuntime
import MusterSpec

/// `muster doctor parse`
struct DoctorParseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parse",
        abstract: "Read what a program printed on some machine, and show it or name what is wrong with the text.",
        discussion: """
            Kinds: \(ParserKind.allCases.map(\.rawValue).joined(separator: ", ")). Lines at the begin that start with \
            `# source:` are skipped.
            """
    )

    @Argument(help: "Which program printed it, such as topo for `nvidia-smi topo -m`.")
    var kind: String
    @Argument(help: "The file; standard input without one.")
    var path = "-"
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard ParserKind(rawValue: kind) == nil else { return }
        let names = ParserKind.allCases.map(\.rawValue)
        let near = Spelling.nearest(to: kind, among: names).map { "; did you mean \($0)?" } ?? ""
        throw ValidationError("`\(kind)` is no kind of output\(near)\nkinds: \(names.joined(separator: ", "))")
    }

    func run() throws {
        let session = Session(format: common.format)
        guard let kind = ParserKind(rawValue: kind) else { return }
        switch LocalFiles.read(path, session.machine, limit: kind.mostBytes) {
        case .failure(let problem):
            session.console.say("error: cannot read `\(path)`: \(problem.reason)")
            throw MusterExit.failed.asError
        case .success(let bytes):
            let document = kind.read(bytes)
            switch common.format {
            case .json: session.console.data(line: document.json.pretty)
            case .text: session.show(document.sections)
            }
            if document.damage != nil { throw MusterExit.failed.asError }
        }
    }
}
