import ArgumentParser
import MusterSpec

/// `muster explain`
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Print the page of a diagnostic code, or list all codes."
    )

    @Argument(help: "A code such as MUS0304.")
    var code: String?

    @OptionGroup var common: CommonOptions

    func run() throws {
        let session = Session(format: common.format)
        guard let code else {
            list(session)
            return
        }
        guard let known = DiagnosticCode(code), let page = DiagnosticCatalog.page(for: known) else {
            throw ValidationError("`\(code)` is no diagnostic code; `muster explain` lists them")
        }
        switch common.format {
        case .text: session.console.data(line: page.text)
        case .json: session.console.data(line: page.json.pretty)
        }
    }

    private func list(_ session: Session) {
        switch common.format {
        case .text:
            for page in DiagnosticCatalog.pages { session.console.data(line: "\(page.code)  \(page.title)") }
        case .json:
            let pages = DiagnosticCatalog.pages.map(\.json)
            session.console.data(line: (["format": "muster.codes/1", "codes": .array(pages)] as JSONValue).pretty)
        }
    }
}
