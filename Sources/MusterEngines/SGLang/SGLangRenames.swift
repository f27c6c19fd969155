import MusterSpec

/// What SGLang renamed in ways that hang on sizes of the file.
struct SGLangRenames {
    let spec: ClusterSpec
    let arguments: FileArguments

    /// Whether `dp_size` is how many parts the TP group is cut into for attention, and no number of copies.
    var splitsAttention: Bool { arguments.switches("enable-dp-attention") }

    /// Into how many parts the TP group is cut for attention, where the file asks for that: by `dp_size` and a switch,
    /// or by the size that stands for both from 0.5.23 on.
    var attentionParts: Spanned<Int>? {
        if splitsAttention { return spec.dataParallel }
        guard let given = arguments.integer("attn-dp-size"), given.value > 1 else { return nil }
        return Spanned(given.value, given.span)
    }

    private static let names = ["enable-dp-attention", "attn-dp-size", "enable-ep-moe"]

    /// What one release makes of such a flag; nothing for others, and where the release knows it as it is.
    func outcome(_ name: String, _ value: FlagValue, _ reading: FlagReading) -> FlagOutcome? {
        let meant = arguments.names.meaning(of: name).names
        guard let full = Self.names.first(where: meant.contains), var outcome = own(full, value, reading) else {
            return nil
        }
        if reading.catalog.presence(of: name).isEmpty { outcome.problems.insert(.abbreviated(full), at: 0) }
        return outcome
    }

    private func own(_ name: String, _ value: FlagValue, _ reading: FlagReading) -> FlagOutcome? {
        let match = reading.catalog.match(name, in: reading.release)
        switch (name, value) {
        case ("enable-dp-attention", .switched(true)):
            // The size stands where `dp_size` is written.
            guard match?.flag.isDeprecated != false, knows("attn-dp-size", reading) else { return nil }
            let size = spec.dataParallel.value
            return moved(
                match,
                "attn-dp-size",
                "--attn-dp-size \(size)",
                [],
                advice: "write `attn-dp-size: \(size)` in `args`, and remove this line and `dp_size`"
            )
        case ("attn-dp-size", .text(let text)):
            guard match == nil, let parts = PythonNumber.integer(text), parts > 0,
                spec.dataParallel.value == 1 || spec.dataParallel.value == parts, knows("enable-dp-attention", reading)
            else { return nil }
            let size = spec.dataParallel.value == 1 ? [FlagWords("dp-size", text)] : []
            return moved(
                match,
                name,
                "--dp-size \(parts) --enable-dp-attention",
                size + [FlagWords("enable-dp-attention")],
                advice: "write `dp_size: \(parts)`, and `enable-dp-attention: true` in place of this line"
            )
        case ("enable-ep-moe", .switched(true)):
            let (tensor, expert) = (spec.tensorParallel.value, spec.expertParallel.value)
            guard match?.flag.isDeprecated != false, [1, tensor].contains(expert), knows("ep-size", reading) else {
                return nil
            }
            return moved(
                match,
                "ep-size",
                "--ep-size \(tensor)",
                expert == 1 ? [FlagWords("ep-size", "\(tensor)")] : [],
                advice: "write `ep_size: \(tensor)`, and remove this line"
            )
        default: return nil
        }
    }

    private func moved(
        _ match: FlagMatch?,
        _ flag: String,
        _ written: String,
        _ words: [FlagWords],
        advice: String
    ) -> FlagOutcome {
        let replacement = FlagReplacement("~\(flag)")
        return FlagOutcome(
            problems: [
                match == nil
                    ? .renamed(written, advice: advice)
                    : .deprecated(replacement, written: written, advice: advice)
            ],
            words: words
        )
    }

    private func knows(_ flag: String, _ reading: FlagReading) -> Bool {
        reading.catalog.match(flag, in: reading.release) != nil
    }
}
