/// One line of a catalogue: what a name means in a run of releases.
package struct FlagLine: Hashable, Sendable {
    package enum Meaning: Hashable, Sendable {
        /// The name is a flag's own.
        case flag(FlagEntry)
        /// The name is another spelling of a flag.
        case spelling(FlagSpelling.Sense, of: String)
        /// Before there was this name, a flag of another one meant the same.
        case formerly(FlagReplacement)
    }

    package let name: String
    /// Indices of releases; nothing for a line about what a name stands for in releases that do not have it.
    package let run: ClosedRange<Int>?
    package let meaning: Meaning

    /// Two indices with a dash between; nothing for a dash alone.
    static func run(_ field: some Sequence<UInt8>) -> ClosedRange<Int>? {
        var (lower, upper): (Int?, Int?) = (nil, nil)
        for byte in field {
            if byte == UInt8(ascii: "-"), upper != nil, lower == nil {
                (lower, upper) = (upper, nil)
            } else if (48...57).contains(byte), upper ?? 0 < 1000 {
                upper = (upper ?? 0) * 10 + Int(byte - 48)
            } else {
                return nil
            }
        }
        guard let lower, let upper, lower <= upper else { return nil }
        return lower...upper
    }

    /// Nothing for text that is no line of a catalogue.
    init?(_ text: String) {
        let fields = text.split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count >= 3 else { return nil }
        name = String(fields[0])
        run = Self.run(fields[1].utf8)
        if let mark = fields[2].first, let sense = FlagSpelling.Sense(rawValue: mark), run != nil {
            meaning = .spelling(sense, of: String(fields[2].dropFirst()))
        } else if fields[2].hasPrefix("<"), let former = FlagReplacement(fields[2].dropFirst()) {
            meaning = .formerly(former)
        } else if let run, let flag = FlagEntry(fields, run: run) {
            meaning = .flag(flag)
        } else {
            return nil
        }
    }
}

/// A further name of a flag.
package struct FlagSpelling: Hashable, Sendable {
    package enum Sense: Character, Sendable {
        case same = "="
        /// Switches the flag off.
        case opposite = "!"
        /// Switches it off, and is not shown by the engine's help.
        case hiddenOpposite = "~"
    }

    package var sense: Sense
    /// Without the two dashes of a long flag; a short one keeps its dash.
    package var name: String

    init?(_ text: Substring) {
        guard let mark = text.first, let sense = Sense(rawValue: mark), text.count > 1 else { return nil }
        self.sense = sense
        name = String(text.dropFirst())
    }
}
