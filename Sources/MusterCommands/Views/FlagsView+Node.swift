import MusterDoctor
import MusterEngines
import MusterSpec

/// What an engine on a node says of its flags.
extension FlagsView {
    /// Names shown in a note; the JSON form has all.
    private static let mostNames = 8

    /// Who was asked, and how that differs from what is known.
    static func notes(on flags: NodeFlags) -> [String] {
        let difference = flags.difference
        return [asked(flags)]
            + [flags.scope.note(.of(flags.kind)).map { "note: \($0)" }].compactMap { $0 }
            + [
                ("has, and muster does not know:", difference.unknown), ("has not:", difference.missing),
                ("has with other values:", difference.changed),
            ].compactMap { words, names in
                guard !names.isEmpty else { return nil }
                let more = names.count > mostNames ? " and \(names.count - mostNames) more" : ""
                return "note: it \(words) \(names.prefix(mostNames).joined(separator: ", "))\(more)"
            }
    }

    /// Whose parser it was, and whose release stands in where it does not say its own.
    private static func asked(_ flags: NodeFlags) -> String {
        guard let text = flags.unreadVersion else {
            return "note: asked \(flags.kind.title) \(flags.version) on \(flags.node)"
        }
        let said = text.isEmpty ? "does not say its release" : "calls its release `\(text)`, which cannot be read"
        return "note: asked \(flags.kind.title) on \(flags.node), which \(said): taken for the file's \(flags.version)"
    }

    /// `muster.flags/1` with the node and the difference.
    static func document(_ listing: FlagListing, of flags: NodeFlags) -> JSONValue {
        func names(_ names: [String]) -> JSONValue { .array(names.map(JSONValue.string)) }
        let difference = flags.difference
        let catalog = FlagCatalog.of(flags.kind)
        return document([listing]).adding([
            "version": .string(flags.version.text), "version_is_told": .boolean(flags.unreadVersion == nil),
            "judged_by": .array(flags.scope.judges.map { .string(catalog.releases[$0].text) }),
            "node": .string(flags.node),
            "unknown": names(difference.unknown), "missing": names(difference.missing),
            "changed": names(difference.changed),
        ])
    }
}
