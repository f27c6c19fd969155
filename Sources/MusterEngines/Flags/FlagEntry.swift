/// One flag as a run of releases has it.
package struct FlagEntry: Hashable, Sendable {
    /// How many values follow the flag.
    package enum Arity: String, Sendable {
        /// A switch.
        case none
        case one
        /// One, or none where the flag alone says something.
        case maybe
        /// One or more.
        case some
        /// Any number.
        case any
        /// One each time; the flag is repeated for more.
        case repeated
    }

    /// Without dashes.
    package let name: String
    /// Indices of the releases this describes.
    package let run: ClosedRange<Int>
    package let arity: Arity
    /// Nothing for a switch.
    package let type: FlagType?
    /// The values that are accepted, as text; empty where any of the type is.
    package let choices: [String]
    /// As text; nothing where there is none, or it is worked out by the engine.
    package let fallback: String?
    package let spellings: [FlagSpelling]
    package let isDeprecated: Bool
    /// What took its place, for a flag that is deprecated or gone after the run.
    package let replacement: FlagReplacement?

    init?(_ fields: [Substring], run: ClosedRange<Int>) {
        func field(_ index: Int) -> Substring { index < fields.count ? fields[index] : "" }
        guard let arity = Arity(rawValue: String(field(2))) else { return nil }
        let type = FlagType(field(3))
        guard arity == .none || type != nil else { return nil }
        name = String(fields[0])
        self.run = run
        self.arity = arity
        self.type = type
        choices = field(4).split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            .filter { !field(4).isEmpty || !$0.isEmpty }
        fallback = field(5).isEmpty ? nil : String(field(5))
        spellings = field(6).split(separator: " ").compactMap(FlagSpelling.init)
        isDeprecated = field(7) == "deprecated"
        replacement = FlagReplacement(field(8))
    }

    /// The name that switches it off, the one of the engine's help first.
    package var opposite: String? {
        (spellings.first { $0.sense == .opposite } ?? spellings.first { $0.sense == .hiddenOpposite })?.name
    }
}
