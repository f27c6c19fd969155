import FoundationEssentials
package import MusterSpec

/// What was chosen for `auto` when a deployment was last brought up from here, so that the same file means the same plan
/// afterwards.
package struct ChosenValues: Sendable {
    private struct Document: Codable {
        struct Entry: Codable {
            var path: [String]
            var value: String
        }

        var format = "muster.chosen/1"
        var chosen: [Entry]
    }

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
        let document = Document(chosen: edits.map { .init(path: $0.path, value: $0.value) })
        guard let bytes = try? JSONEncoder().encode(document) else { return nil }
        return LocalFiles.makeDirectory(directory)
            ?? LocalFiles.write(String(decoding: bytes, as: UTF8.self) + "\n", to: path, mode: 0o600)
    }

    /// What is kept; nothing where nothing is, or where it cannot be read.
    package func read() -> [FileEdit] {
        guard case .success(let bytes) = LocalFiles.read(path, machine),
            let document = try? JSONDecoder().decode(Document.self, from: Data(bytes)),
            document.format == Document(chosen: []).format
        else { return [] }
        return document.chosen.map { FileEdit(path: $0.path, value: $0.value) }
    }
}
