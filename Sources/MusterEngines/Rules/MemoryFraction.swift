import MusterSpec
import OrderedCollections

/// The part of a GPU's memory an engine may take, which people like to write as a percentage.
enum MemoryFraction {
    static func check(_ flag: String, in arguments: FileArguments) -> [Diagnostic] {
        guard let given = arguments.text(flag), arguments.fraction(flag) == nil else { return [] }
        return [
            Diagnostic(
                .memoryFraction,
                "`\(given.name)` is no fraction of the GPU's memory",
                at: given.span,
                found: "`\(given.value)`",
                expected: "more than 0 and at most 1",
                hint: "write for example `\(given.name): 0.90`"
            )
        ]
    }
}
