import ArgumentParser
import MusterRuntime
import MusterSpec

/// The last words of `down`, whoever did the work, and the exit code that goes with them.
struct DownReport: Sendable {
    var name: String
    var nodes: Int
    /// How many of them could not be asked.
    var unasked: Int
    var stopped: Int
    /// What is still there.
    var left: [(node: String, what: String)]
    /// Why nodes could not be asked.
    var errors: [RuntimeError]

    private var reached: Int { nodes - unasked }

    func finish(_ session: Session) throws {
        for error in errors { session.fail(error) }
        for entry in left { session.console.say("\(entry.node): \(entry.what)") }
        switch session.format {
        case .text: session.console.data(line: "\(name) \(text)")
        case .json:
            session.console.data(
                line: ([
                    "format": "muster.down/1", "name": .string(name),
                    "down": .boolean(errors.isEmpty && left.isEmpty), "units_stopped": .integer(stopped),
                    "left": .array(left.map { ["node": .string($0.node), "what": .string($0.what)] }),
                    "errors": .array(errors.map(Documents.error)),
                ] as JSONValue).pretty
            )
        }
        if !left.isEmpty { throw MusterExit.failed.asError }
        if !errors.isEmpty { throw (reached == 0 ? MusterExit.failed : .partial).asError }
    }

    private var text: String {
        let what = stopped == 0 ? "nothing was running" : "\(stopped) unit\(stopped == 1 ? "" : "s") stopped"
        if errors.isEmpty, left.isEmpty {
            return "is down: \(what) on \(reached) node\(reached == 1 ? "" : "s"), nothing is left"
        }
        if reached == 0 { return "is not known to be down: none of \(nodes) nodes could be asked" }
        return "is not down everywhere: \(what) on \(reached) of \(nodes) nodes"
    }
}
