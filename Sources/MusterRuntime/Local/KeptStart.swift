import FoundationEssentials
package import MusterEngines
package import MusterPlan
import MusterSpec

/// How long the phases of the last good start of a gang took, in the state directory of the user.
package struct KeptStart: Sendable {
    private struct Document: Codable {
        static let format = "muster.start/1"

        var format: String
        var gang: String
        /// In milliseconds, by the names of phases.
        var phases: [String: Int]
    }

    /// More is none that was written here.
    private static let largest = 64 << 10

    private let directory: String
    private let path: String
    /// What a start must have in common with the last one to take as long. Another release comes in another image, which
    /// nodes have yet to fetch.
    private let gang: String
    private let machine: LocalMachine

    package init(_ machine: LocalMachine, _ plan: LaunchPlan) {
        self.machine = machine
        directory = machine.stateDirectory + "/\(plan.name)"
        path = "\(directory)/start-\(plan.replica).json"
        let size = "\(plan.ranks.count) ranks on \(plan.units.count) nodes"
        gang = "\(plan.engine.rawValue) \(plan.version) \(plan.model), \(size)"
    }

    /// Nothing where no start of such a gang was good yet, or what was kept cannot be read.
    package func read() -> [Phase: Duration] {
        guard case .success(let bytes) = LocalFiles.read(path, machine, limit: Self.largest),
            // What is damaged tells no more than what is not there.
            let document = try? JSONDecoder().decode(Document.self, from: Data(bytes)),
            document.format == Document.format, document.gang == gang
        else { return [:] }
        let spans = Phase.allCases.compactMap { phase in
            document.phases[phase.name].flatMap { $0 > 0 ? (phase, Duration.milliseconds($0)) : nil }
        }
        return Dictionary(uniqueKeysWithValues: spans)
    }

    /// Writes the times in place of those of an older start.
    ///
    /// - Returns: Why it could not be done; what was written before stays whole.
    package func keep(_ phases: [Phase: Duration]) -> LocalFiles.Problem? {
        let names = phases.map { ($0.key.name, Int($0.value / .milliseconds(1))) }
        let document = Document(
            format: Document.format,
            gang: gang,
            phases: Dictionary(uniqueKeysWithValues: names)
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            let text = String(decoding: try encoder.encode(document), as: UTF8.self)
            return LocalFiles.makeDirectory(directory) ?? LocalFiles.write(text + "\n", to: path, mode: 0o600)
        } catch {
            return LocalFiles.Problem(reason: "\(error)")
        }
    }
}
