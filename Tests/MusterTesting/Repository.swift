package import Foundation

/// The checkout the tests were built from, found from the path of a source file.
package enum Repository {
    /// The folder that holds `Package.swift`. Links are followed, so a package made of links reads the real files.
    package static let root: URL = {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path)
        {
            folder.deleteLastPathComponent()
        }
        return folder
    }()

    /// A file of the repository as text.
    package static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The example cluster files, by name, in order.
    package static let configs: [(name: String, text: String)] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Configs").path)) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted().compactMap { name in
            (try? text("Configs/\(name)")).map { (name: name, text: $0) }
        }
    }()

    /// One example cluster file without its extension.
    package static func config(_ name: String) throws -> String { try text("Configs/\(name).yaml") }

    /// The files below a folder whose name ends in one of the extensions, in order, relative to the root.
    package static func files(below folder: String, _ extensions: String...) -> [String] {
        let start = root.appending(path: folder).path
        let found = FileManager.default.enumerator(atPath: start)?.compactMap { $0 as? String } ?? []
        return found.filter { path in extensions.contains { path.hasSuffix("." + $0) } }
            .map { "\(folder)/\($0)" }
            .sorted()
    }
}
