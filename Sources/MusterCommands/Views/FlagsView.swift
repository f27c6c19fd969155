import MusterEngines
import MusterSpec
import MusterTerminal

/// Flags as a table, or a single one on a page of its own.
struct FlagsView {
    let listings: [FlagListing]
    /// Cells per line; nothing where what is printed goes to a file or a program, which has room for all.
    let width: Int?
    let style: Style

    var lines: [String] {
        let all = listings.flatMap { listing in listing.rows.map { (listing.kind, $0) } }
        if all.count == 1 { return page(all[0].0, all[0].1) }
        let sections = listings.filter { !$0.rows.isEmpty }.map { listing in
            (listings.count > 1 ? [style.strong(listing.kind.title)] : []) + table(listing)
        }
        return Array(sections.joined(separator: [""]))
    }

    private func table(_ listing: FlagListing) -> [String] {
        var table = Table([
            .init("FLAG", priority: 9), .init("TAKES", priority: 5), .init("DEFAULT", priority: 6),
            .init("SINCE", priority: 8), .init("UNTIL", priority: 8), .init("NOTE", priority: 7),
        ])
        for row in listing.rows {
            table.add([
                .init(row.flag.name, .strong), .init(Self.takes(row.flag)), .init(row.flag.fallback ?? "-"),
                .init(row.since.text), .init(row.until?.text ?? "-", row.until == nil ? .none : .doubtful),
                .init(Self.note(row.flag) ?? "", .doubtful),
            ])
        }
        return table.lines(width: width ?? .max, style: style)
    }

    private func page(_ kind: EngineSpec.Kind, _ row: FlagListing.Row) -> [String] {
        let flag = row.flag
        func names(_ senses: FlagSpelling.Sense...) -> String? {
            let names = flag.spellings.filter { senses.contains($0.sense) }.map(\.name)
            return names.isEmpty ? nil : names.map { $0.hasPrefix("-") ? $0 : "--\($0)" }.joined(separator: ", ")
        }
        let fields: [(String, String?)] = [
            ("engine", kind.title), ("also", names(.same)), ("off", names(.opposite, .hiddenOpposite)),
            ("takes", flag.choices.isEmpty ? flag.usage : "one of \(flag.choices.joined(separator: ", "))"),
            ("default", flag.fallback), ("since", row.since.text), ("until", row.until?.text),
            ("note", Self.note(flag)),
        ]
        return [style.strong("--\(flag.name)")]
            + fields.flatMap { label, text -> [String] in
                guard let text else { return [] }
                let padded = "  " + label + String(repeating: " ", count: 9 - label.count)
                return WordWrap.lines(padded + text, width: width ?? .max, hanging: 11)
            }
    }

    /// Long lists of choices stand on the page of their flag.
    private static func takes(_ flag: FlagEntry) -> String {
        flag.usage.count > 40 ? "one of \(flag.choices.count)" : flag.usage
    }

    private static func note(_ flag: FlagEntry) -> String? {
        guard flag.isDeprecated || flag.replacement != nil else { return nil }
        let instead = flag.replacement.map { "use \($0.text)" }
        return [flag.isDeprecated ? "deprecated" : nil, instead].compactMap { $0 }.joined(separator: ": ")
    }

    /// `muster.flags/1`.
    static func document(_ listings: [FlagListing]) -> JSONValue {
        let flags = listings.flatMap { listing in listing.rows.map { json(listing, $0) } }
        var document: JSONValue = ["format": "muster.flags/1"]
        if let listing = listings.first, let scope = listing.scope {
            let catalog = FlagCatalog.of(listing.kind)
            document = document.adding([
                "version": .string(scope.version.text),
                "judged_by": .array(scope.judges.map { .string(catalog.releases[$0].text) }),
            ])
        }
        return document.adding(["flags": .array(flags)])
    }

    private static func json(_ listing: FlagListing, _ row: FlagListing.Row) -> JSONValue {
        let flag = row.flag
        func names(_ isSame: Bool) -> JSONValue {
            .array(flag.spellings.filter { ($0.sense == .same) == isSame }.map { .string($0.name) })
        }
        return [
            "engine": .string(listing.kind.rawValue), "name": .string(flag.name), "aliases": names(true),
            "off": names(false), "arity": .string(flag.arity.rawValue),
            "type": .optional(flag.type?.form.rawValue), "may_be_none": .boolean(flag.type?.isOptional ?? false),
            "choices": .array(flag.choices.map(JSONValue.string)), "default": .optional(flag.fallback),
            "since": .string(row.since.text), "until": .optional(row.until?.text),
            "deprecated": .boolean(flag.isDeprecated),
            "replaced_by": .array(
                (flag.replacement?.words ?? []).map { ["flag": .string($0.flag), "value": .optional($0.value)] }
            ),
            "same_meaning": flag.replacement.map { .boolean(!$0.isAdvice) } ?? .null,
        ]
    }
}
