import FoundationEssentials
package import MusterSpec

/// What was chosen for `auto` when a deployment was last brought up from here, so that the same file means the same plan
/// afterwards.
package struct ChosenValues: Sendable {
    private struct Document: Decodable {
        struct Entry: Decodable {
            let path: [String]
            let value: String
        }

        let format: String
        let chosen: [Entry]
    }

    private static let format = "muster.chosen/1"

    private let directory: String
    private let machine: LocalMachine

    package init(_ machine: LocalMachine, _ deployment: DeploymentName) {
        self.machine = machine
        directory = machine.stateDirectory + "/\(deployment)"
    }

    private var path: String { "\(directory)/chosen.json" }

    /// Writes choices in place of those before.
    ///
    /// - Parameter edits: What makes the file say what was chosen.
    /// - Returns: Why it could not be done.
    package func keep(_ edits: [FileEdit]) -> LocalFiles.Problem? {
        let document: JSONValue = [
            "format": .string(Self.format),
            "chosen": .array(
                edits.map { edit in
                    ["path": .array(edit.path.map(JSONValue.string)), "value": .string(edit.value)]
                }
            ),
        ]
        return LocalFiles.makeDirectory(directory)
            ?? LocalFiles.write(document.compact + "\n", to: path, mode: 0o600)
    }

    /// What is kept; nothing where nothing is, or where it cannot be read.
    package func read() -> [FileEdit] {
        guard case .success(let bytes) = LocalFiles.read(path, machine),
            // A file that cannot be read is one that is not there: the values are chosen anew.
            let document = try? JSONDecoder().decode(Document.self, from: Data(bytes)),
            document.format == Self.format
        else { return [] }
        return document.chosen.map { FileEdit(path: $0.path, value: $0.value) }
    }
}
