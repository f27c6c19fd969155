import MusterAPI
import MusterSpec

/// What is said of a wish that a daemon has recorded, and that there is nothing to wait for.
struct AcceptedReport: Sendable {
    /// The verb, which is also the name of the JSON form.
    let verb: String
    let text: String
    let accepted: Accepted
    var more: JSONValue = [:]

    func say(_ session: Session) {
        switch session.format {
        case .text: session.console.data(line: text)
        case .json:
            let own: JSONValue = [
                "format": .string("muster.\(verb)/1"), "name": .string(accepted.name),
                "state": .string(accepted.state), "cursor": .integer(Int(accepted.cursor)),
            ]
            session.console.data(line: own.adding(more).pretty)
        }
    }
}
