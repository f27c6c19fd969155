import MusterSpec
import OrderedCollections

/// The part of a GPU's memory an engine may take, which people like to write as a percentage.
enum MemoryFraction {
    static func check(_ flag: String, in spec: ClusterSpec) -> [Diagnostic] {
        spec.arguments.compactMap { name, argument in
            guard FlagRendering.canonical(name) == flag, case .text(let text) = argument.value else { return nil }
            if let value = Double(text), value > 0, value <= 1 { return nil }
            return Diagnostic(
                .memoryFraction,
                "`\(name)` is no fraction of the GPU's memory",
                at: argument.valueSpan,
                found: "`\(text)`",
                expected: "more than 0 and at most 1",
                hint: "write for example `\(name): 0.90`"
            )
        }
    }
}
