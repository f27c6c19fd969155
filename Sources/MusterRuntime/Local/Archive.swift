import FoundationEssentials
import Glibc
import MusterSpec
import Subprocess

/// A compressed archive of a few text files, written by `tar`.
package enum Archive {
    /// Writes an archive whole or not at all; only its owner may read it.
    ///
    /// - Parameters:
    ///   - files: The contents, by paths below the archive's folder.
    ///   - folder: The only entry at the top of the archive.
    ///   - path: Where the archive goes, which must not be there.
    /// - Returns: Why it could not be written.
    package static func write(
        _ files: [EvidenceLook.File],
        in folder: String,
        to path: String
    ) async -> LocalFiles.Problem? {
        guard access(path, F_OK) != 0 else { return LocalFiles.Problem(reason: "it is there already") }
        var template = Array("\(temporaryDirectory)/muster-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { return LocalFiles.Problem(reason: String(cString: strerror(errno))) }
        let scratch = String(cString: made)
        // A temporary folder that cannot be removed is of no harm: it is its owner's alone.
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        for file in files {
            let path = "\(scratch)/\(folder)/\(file.path)"
            let parent = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
            if let problem = LocalFiles.makeDirectory(parent) ?? LocalFiles.write(file.text, to: path, mode: 0o600) {
                return problem
            }
        }
        // What stands before a colon, `tar` takes for a host.
        let unfinished = "\(path.hasPrefix("/") ? "" : "./")\(path).muster-\(getpid())"
        if let problem = LocalFiles.write("", to: unfinished, mode: 0o600) { return problem }
        defer { unlink(unfinished) }
        do {
            let result = try await run(
                .name("tar"),
                arguments: ["-czf", unfinished, "-C", scratch, folder],
                output: .discarded,
                error: .string(limit: 4096)
            )
            guard result.terminationStatus.isSuccess else {
                let reason = result.standardError.split(whereSeparator: \.isNewline).first
                return LocalFiles.Problem(reason: reason.map(String.init) ?? "tar failed and gave no reason")
            }
        } catch {
            return LocalFiles.Problem(reason: "tar cannot be run: \(error)")
        }
        guard rename(unfinished, path) == 0 else {
            return LocalFiles.Problem(reason: String(cString: strerror(errno)))
        }
        return nil
    }

    private static var temporaryDirectory: String { getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp" }
}
