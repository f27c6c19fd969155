import MusterDoctor
import MusterEngines
import MusterSpec

/// What an engine on a node says of its flags.
extension FlagsView {
    /// Names shown in a note; the JSON form has all.
    private static let mostNames = 8

    /// Who was asked, and how that differs from what is known.
    static func notes(on flags: NodeFlags) -> [String] {
        let whose = "\(flags.kind.title) \(flags.version)"
        let difference = flags.difference
        return ["note: asked \(whose) on \(flags.node)"]
            + [
                ("has, and muster does not know:", difference.unknown), ("has not:", difference.missing),
                ("has with other values:", difference.changed),
            ].compactMap { words, names in
                guard !names.isEmpty else { return nil }
                let more = names.count > mostNames ? " and \(names.count - mostNames) more" : ""
                return "note: it \(words) \(names.prefix(mostNames).joined(separator: ", "))\(more)"
            }
    }

    /// `muster.flags/1` with the node and the difference.
    static func document(_ listing: FlagListing, of flags: NodeFlags) -> JSONValue {
        func names(_ names: [String]) -> JSONValue { .array(names.map(JSONValue.string)) }
        let difference = flags.difference
        return document([listing]).adding([
            "version": .string(flags.version.text), "node": .string(flags.node),
            "unknown": names(difference.unknown), "missing": names(difference.missing),
            "changed": names(difference.changed),
        ])
    }
}
