/// Changes single values in the text of a cluster file and leaves every other byte as it is: comments, quotes, order and
/// line ends.
///
/// An edit is made in the text and then proven: the new text is decoded, and unless the value is the wanted one and
/// everything else is what it was, the edit is refused. What the text surgery does not foresee can so do no harm.
package struct ClusterFileEditor: Sendable {
    /// The file with the edits made so far.
    package private(set) var source: SourceFile

    package init(_ source: SourceFile) { self.source = source }

    /// Makes an edit. A value that is already the wanted one is left alone.
    ///
    /// - Parameter edit: What to change.
    /// - Throws: `EditRefusal` with the reason, and the text is what it was.
    package mutating func apply(_ edit: FileEdit) throws(EditRefusal) {
        do throws(EditProblem) {
            source = try Self.edited(source, edit)
        } catch {
            throw EditRefusal(edit: edit, reason: error.reason)
        }
    }

    /// Makes the edits that can be made, one after the other.
    ///
    /// - Parameter edits: What to change.
    /// - Returns: Those that were refused.
    package mutating func apply(_ edits: [FileEdit]) -> [EditRefusal] {
        var refusals: [EditRefusal] = []
        for edit in edits {
            do throws(EditRefusal) { try apply(edit) } catch { refusals.append(error) }
        }
        return refusals
    }

    /// The bytes of a file with the edits that can be made; a byte order mark stays.
    ///
    /// - Parameters:
    ///   - edits: What to change.
    ///   - bytes: The file as it is.
    ///   - name: What messages call it.
    /// - Returns: The file as it is to be, and the edits that were refused.
    /// - Throws: `DiagnosticFailure` for bytes that are no text.
    package static func applying(
        _ edits: [FileEdit],
        to bytes: [UInt8],
        name: String
    ) throws(DiagnosticFailure) -> (bytes: [UInt8], refusals: [EditRefusal]) {
        var editor = Self(try YAMLGuard.decode(bytes, name: name).get())
        let refusals = editor.apply(edits)
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        return ((bytes.starts(with: mark) ? mark : []) + Array(editor.source.text.utf8), refusals)
    }

    private static func edited(_ source: SourceFile, _ edit: FileEdit) throws(EditProblem) -> SourceFile {
        let before = try FilePortrait(source)
        let wanted = try FilePortrait.value(of: edit)
        if before.value.member(edit.path) == wanted { return source }
        var surgery = FileSurgery(source)
        try surgery.set(edit)
        let result = surgery.source
        guard let after = try? FilePortrait(result), after.problemCount <= before.problemCount,
            after.value.member(edit.path) == wanted,
            after.value.removing(edit.path) == before.value.removing(edit.path)
        else {
            throw EditProblem(
                YAMLReferences.isUsed(in: source)
                    ? "the value is shared through an anchor, an alias or a merge key"
                    : "the text around it is written in a way that cannot be edited safely"
            )
        }
        return result
    }
}

/// Why the text cannot be changed.
struct EditProblem: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
