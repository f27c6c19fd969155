package import MusterEngines
import MusterSpec

/// Whether a model fits, for a person: the budget of each GPU as a table and a bar, what is wrong, and the ways out.
package struct FitReport: Sendable {
    package let fit: ModelFit
    /// What the cluster file is called.
    package let file: String

    package init(_ fit: ModelFit, file: String) {
        self.fit = fit
        self.file = file
    }

    package static let format = "muster.fit/1"

    /// What to draw, in order: the model, the GPUs, what is wrong, what is not known, the verdict.
    package var sections: [DocumentSection] {
        [modelSection] + budgetSections + fit.problems.map(section) + unjudgedSections + [closing]
    }

    /// The text without colour and as wide as it is, sections apart by a blank line.
    package var lines: [String] { Array(sections.map(\.lines).joined(separator: [""])) }

    // MARK: The model

    private var modelSection: DocumentSection {
        let spec = fit.spec
        var rows: [[DocumentSection.Cell]] = fit.shape.sections.flatMap(\.rows)
        if let checkpoint = fit.checkpoint {
            rows.append([.init("on disk", .faint), .init(Amount.text(checkpoint))])
        }
        let sizes = [
            ("tp", spec.tensorParallel.value), ("pp", spec.pipelineParallel.value), ("dp", spec.dataParallel.value),
            ("ep", spec.expertParallel.value),
        ].filter { $0.1 > 1 || $0.0 == "tp" }.map { "\($0.0) \($0.1)" }
        rows.append([.init("layout", .faint), .init(sizes.joined(separator: ", "))])
        rows.append([.init("engine", .faint), .init("\(spec.engine.kind.value.rawValue) \(spec.engine.version.value)")])
        if let context = fit.context { rows.append([.init("request", .faint), .init("up to \(context) tokens")]) }
        return DocumentSection("\(spec.name.value): \(spec.model.value)", columns: [], rows: rows)
    }

    // MARK: The GPUs

    private var budgetSections: [DocumentSection] {
        guard let budget = fit.tightest else { return [] }
        return [budgetTable, bars, terms(of: budget)]
    }

    private var budgetTable: DocumentSection {
        DocumentSection(
            "memory of each GPU",
            columns: ["stage", "layers", "card", "fraction", "weights", "cache", "left", "tokens", "requests"],
            rows: fit.budgets.map { budget in
                let tokens = budget.tokens
                return [
                    .init("\(budget.stage)", .strong),
                    .init("\(budget.layers.lowerBound)-\(budget.layers.upperBound - 1)"),
                    .init(Amount.text(budget.card.total)),
                    .init("\(budget.fraction)\(budget.isFractionGiven ? "" : " (default)")"),
                    Self.amount(budget, .weights), Self.amount(budget, .cache),
                    .init(Self.gibibytes(budget.bytes(.rest)), budget.bytes(.rest) < 1 << 30 ? .bad : .plain),
                    tokens.map { .init("\($0.likely) (\($0.least) to \($0.most))") } ?? .init("?", .faint),
                    requests(tokens),
                ]
            }
        )
    }

    private static func amount(_ budget: MemoryBudget, _ purpose: MemoryBudget.Purpose) -> DocumentSection.Cell {
        .init(gibibytes(budget.bytes(purpose)))
    }

    /// How many of the longest requests the cache holds at once.
    private func requests(_ tokens: MemoryBudget.Tokens?) -> DocumentSection.Cell {
        guard let tokens, let context = fit.context, context > 0 else { return .init("?", .faint) }
        let count = Double(tokens.likely) / Double(context)
        // Few of them make the others wait.
        let tone: DocumentSection.Tone = tokens.likely < context ? .bad : count < 2 ? .doubtful : .good
        return .init(Amount.text(count), tone)
    }

    private static func gibibytes(_ bytes: Int) -> String {
        bytes < 0 ? "-" + Amount.text(ByteCount(bytes: -bytes)) : Amount.text(ByteCount(bytes: bytes))
    }

    // MARK: Bars

    private static let letters: [(purpose: MemoryBudget.Purpose, letter: Character, name: String)] = [
        (.runtime, "r", "runtime"), (.weights, "W", "weights"), (.activations, "a", "activations"),
        (.cache, "C", "cache"), (.requests, "t", "request table"), (.rest, ".", "left"),
    ]

    private var bars: DocumentSection {
        let used = Self.letters.filter { letter in fit.budgets.contains { $0.bytes(letter.purpose) > 0 } }
        let legend = used.map { "\($0.letter) \($0.name)" }.joined(separator: ", ")
        return DocumentSection(
            nil,
            lines: fit.budgets.map { budget in
                let stage = fit.budgets.count > 1 ? "stage \(budget.stage)  " : ""
                return .init("\(stage)[\(Self.bar(budget))]")
            } + [.init(legend, .faint)]
        )
    }

    private static let width = 64

    /// Each character is a part of the card; a purpose ends where the sum of all up to it ends, so that nothing is lost
    /// to rounding. What does not fit onto the card is not drawn.
    static func bar(_ budget: MemoryBudget) -> String {
        let total = Double(max(1, budget.card.total.bytes))
        var bar = ""
        var sum = 0.0
        for letter in letters {
            sum += Double(max(0, budget.bytes(letter.purpose)))
            let end = min(width, Int((min(sum / total, 1) * Double(width)).rounded()))
            bar += String(repeating: letter.letter, count: max(0, end - bar.count))
        }
        return bar + String(repeating: " ", count: width - bar.count)
    }

    private func terms(of budget: MemoryBudget) -> DocumentSection {
        DocumentSection(
            fit.budgets.count > 1 ? "how it comes about, stage \(budget.stage)" : "how it comes about",
            columns: ["for", "size", "is"],
            rows: budget.terms.map { term in
                let name = Self.letters.first { $0.purpose == term.purpose }?.name ?? term.purpose.rawValue
                return [.init(name), .init(Self.gibibytes(term.bytes)), .init(term.formula)]
            }
        )
    }

    // MARK: What is wrong

    private func section(_ problem: FitProblem) -> DocumentSection {
        let isError = problem.severity == .error
        let head = "\(isError ? "error" : "warning")[\(problem.code)] \(problem.subject): \(problem.message)"
        var rows = [("measured", problem.measured), ("expected", problem.expected)]
        rows += problem.ways.enumerated().map { place, way in
            (place == 0 ? "change" : "or", way.text)
        }
        if let span = problem.span { rows.append(("line", "\(file):\(span.line):\(span.column)")) }
        return DocumentSection(
            nil,
            lines: [.init(head, isError ? .bad : .doubtful)]
                + rows.map { key, text in
                    DocumentSection.Cell("  \(key)\(String(repeating: " ", count: 9 - key.count)) \(text)")
                }
        )
    }

    private var unjudgedSections: [DocumentSection] {
        guard !fit.unjudged.isEmpty else { return [] }
        return [DocumentSection("not judged", lines: fit.unjudged.map { .init($0, .doubtful) })]
    }

    private var closing: DocumentSection {
        let errors = fit.problems.count { $0.severity == .error }
        let warnings = fit.problems.count - errors
        let cell: DocumentSection.Cell
        switch (errors, warnings) {
        case (0, 0) where fit.unjudged.isEmpty: cell = .init("\(fit.spec.name.value): fits", .good)
        case (0, 0): cell = .init("\(fit.spec.name.value): nothing is wrong with what could be judged", .doubtful)
        default:
            let counts = [(errors, "error"), (warnings, "warning")].filter { $0.0 > 0 }.map { Names.count($0.0, $0.1) }
            cell = .init(
                "\(fit.spec.name.value): \(counts.joined(separator: ", "))",
                errors > 0 ? .bad : .doubtful
            )
        }
        return DocumentSection(nil, lines: [cell])
    }
}
