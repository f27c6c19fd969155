import Foundation
package import Testing

/// Compares a text with `Tests/<Suite>/Goldens/<name>.txt` of the suite that asks.
///
/// A golden that is missing is recorded and fails the test, so that a new one is looked at before it is believed;
/// `MUSTER_RECORD_GOLDENS=1` records all that differ.
package func expectGolden(
    _ text: String,
    _ name: String,
    file: String = #filePath,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let path = URL(filePath: file).resolvingSymlinksInPath().path.dropFirst(Repository.root.path.count)
    // `/Tests/<Suite>/...`: one folder a suite, which the manifest leaves out of the build.
    let suite = path.split(separator: "/").prefix(2).joined(separator: "/")
    let golden = Repository.root.appending(path: "\(suite)/Goldens/\(name).txt")
    expect(text, isIn: golden, sourceLocation: sourceLocation)
}

/// The same for a file of the repository that is made from a table in the sources.
package func expectGenerated(_ text: String, _ path: String, sourceLocation: SourceLocation = #_sourceLocation) {
    expect(text, isIn: Repository.root.appending(path: path), sourceLocation: sourceLocation)
}

private func expect(_ text: String, isIn golden: URL, sourceLocation: SourceLocation) {
    let recorded = try? String(contentsOf: golden, encoding: .utf8)
    guard recorded != text else { return }
    let isRecording = ProcessInfo.processInfo.environment["MUSTER_RECORD_GOLDENS"] == "1"
    if recorded == nil || isRecording {
        do {
            try FileManager.default.createDirectory(
                at: golden.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: golden, options: .atomic)
        } catch {
            Issue.record("\(golden.lastPathComponent) cannot be recorded: \(error)", sourceLocation: sourceLocation)
            return
        }
    }
    guard let recorded else {
        Issue.record(
            "\(golden.lastPathComponent) was missing and has been recorded: read it, then run again",
            sourceLocation: sourceLocation
        )
        return
    }
    guard !isRecording else { return }
    Issue.record(
        """
        \(golden.path) differs (- recorded, + now); if the change is meant, run with MUSTER_RECORD_GOLDENS=1
        \(LineDiff.text(old: recorded, new: text))
        """,
        sourceLocation: sourceLocation
    )
}
