import MusterDoctor
import MusterRuntime
import MusterSpec
import MusterTerminal

/// `muster doctor --fix`: the edits that findings propose, shown as a difference and made when somebody agrees.
struct ProposedEdits {
    let session: Session
    let path: String
    let isAgreed: Bool

    /// Shows the edits, and makes them when somebody agrees.
    ///
    /// - Parameter report: Whose findings propose.
    /// - Throws: The exit code, when the file cannot be read or written; it has been said, and the file is as it was.
    func offer(_ report: DoctorReport) throws {
        let edits = Self.edits(report)
        let console = session.console
        guard !edits.isEmpty else {
            return console.say("nothing to fix in \(path): no finding is about a value of the file")
        }
        guard path != "-" else {
            console.say("error: a file from standard input cannot be fixed")
            throw MusterExit.failed.asError
        }
        // Read again: the file may have changed while the nodes were asked.
        let bytes = try read()
        let edited = try new(bytes, edits)
        for refusal in edited.refusals {
            let place = refusal.edit.path.joined(separator: ".")
            console.say("note: `\(place)` is to be `\(refusal.edit.value)`, by hand: \(refusal.reason)")
        }
        let difference = UnifiedDiff.text(
            old: String(decoding: bytes, as: UTF8.self),
            new: String(decoding: edited.bytes, as: UTF8.self),
            name: path
        )
        guard !difference.isEmpty else { return }
        for line in difference.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            console.say(painted(String(line)))
        }
        guard isAgreed || console.confirm("Write these changes to \(path)?") else {
            console.say("\(path) was not changed; `--yes` writes without asking")
            return
        }
        try write(edited.bytes)
    }

    /// The first of two that disagree counts: findings come worst first.
    private static func edits(_ report: DoctorReport) -> [FileEdit] {
        var edits: [FileEdit] = []
        for edit in report.groups.flatMap({ [$0.root] + $0.consequences }).compactMap(\.edit)
        where !edits.contains(where: { $0.path == edit.path }) {
            edits.append(edit)
        }
        return edits
    }

    private func new(_ bytes: [UInt8], _ edits: [FileEdit]) throws -> (bytes: [UInt8], refusals: [EditRefusal]) {
        do {
            return try ClusterFileEditor.applying(edits, to: bytes, name: path)
        } catch {
            session.console.say("error: \(path) is no text any more")
            throw MusterExit.failed.asError
        }
    }

    private func read() throws -> [UInt8] {
        switch LocalFiles.read(path, session.machine) {
        case .success(let bytes): return bytes
        case .failure(let problem):
            session.console.say("error: cannot read `\(path)`: \(problem.reason)")
            throw MusterExit.failed.asError
        }
    }

    private func write(_ bytes: [UInt8]) throws {
        let target = session.machine.expand(path)
        if let problem = LocalFiles.replace(target, with: bytes) {
            session.console.say("error: cannot write `\(path)`: \(problem.reason); it is as it was")
            throw MusterExit.failed.asError
        }
        session.console.say("wrote \(path)")
    }

    private func painted(_ line: String) -> String {
        let style = session.console.talk.style
        switch line.first {
        case "+": return style.good(line)
        case "-": return style.bad(line)
        case "@": return style.faint(line)
        default: return line
        }
    }
}
