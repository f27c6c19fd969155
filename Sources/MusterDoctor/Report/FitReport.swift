package import MusterEngines
import MusterSpec

/// Whether a model fits, for a person: the budget of each GPU as a table and a bar, what is wrong, and the ways out.
package struct FitReport: Sendable {
    package let fit: ModelFit
    /// What the cluster file is called.
    package let file: String
    package let origins: Origins

    /// Where what is judged comes from, in words; nothing where nobody asks.
    package struct Origins: Hashable, Sendable {
        package var model: String?
        package var card: String?

        package init(model: String? = nil, card: String? = nil) {
            self.model = model
            self.card = card
        }
    }

    package init(_ fit: ModelFit, file: String, origins: Origins = Origins()) {
        self.fit = fit
        self.file = file
        self.origins = origins
    }

    package static let format = "muster.fit/1"

    /// What to draw, in order: the model, the GPUs, what is wrong, what is not known, the verdict.
    ///
    /// - Parameter width: Cells per line, which the bars keep to.
    /// - Returns: The sections; who shows them wraps the text.
    package func sections(width: Int = .max) -> [DocumentSection] {
        [modelSection] + budgetSections(width) + fit.problems.map(section) + unjudgedSections + [closing]
    }

    /// The text without colour and as wide as it is, sections apart by a blank line.
    package var lines: [String] { Array(sections().map(\.lines).joined(separator: [""])) }

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
        if let origin = origins.model { rows.append([.init("config", .faint), .init(origin)]) }
        if let origin = origins.card {
            let size = fit.card.map { "\(Amount.text($0.total)): " } ?? ""
            rows.append([.init("gpu", .faint), .init(size + origin)])
        }
        return DocumentSection("\(spec.name.value): \(spec.model.value)", columns: [], rows: rows)
    }

    // MARK: The GPUs

    private func budgetSections(_ width: Int) -> [DocumentSection] {
        guard let budget = fit.tightest else { return [] }
        return [budgetTable, FitBars(budgets: fit.budgets, width: width).section, cacheTable, terms(of: budget)]
    }

    private var budgetTable: DocumentSection {
        DocumentSection(
            "memory of each GPU, in GiB",
            columns: ["stage", "layers", "card", "weights", "cache", "graphs", "reserve", "left"],
            rows: fit.budgets.map { budget in
                [
                    .init("\(budget.stage)", .strong),
                    .init("\(budget.layers.lowerBound)-\(budget.layers.upperBound - 1)"),
                    .init(Self.number(budget.card.total.bytes)), Self.amount(budget, .weights),
                    Self.amount(budget, .cache), Self.amount(budget, .activations),
                    Self.amount(budget, .runtime, .requests),
                    .init(Self.number(budget.bytes(.rest)), budget.bytes(.rest) < 1 << 30 ? .bad : .plain),
                ]
            }
        )
    }

    private var cacheTable: DocumentSection {
        DocumentSection(
            "what the cache holds",
            columns: ["stage", "fraction", "tokens", "at least", "at most", "requests"],
            rows: fit.budgets.map { budget in
                let tokens = budget.tokens
                func cell(_ count: Int?) -> DocumentSection.Cell {
                    count.map { .init("\($0)") } ?? .init("?", .faint)
                }
                return [
                    .init("\(budget.stage)", .strong),
                    .init("\(budget.fraction)\(budget.isFractionGiven ? "" : " (default)")"), cell(tokens?.likely),
                    cell(tokens?.least), cell(tokens?.most), requests(tokens),
                ]
            }
        )
    }

    private static func amount(_ budget: MemoryBudget, _ purposes: MemoryBudget.Purpose...) -> DocumentSection.Cell {
        let bytes = purposes.reduce(0) { $0 + budget.bytes($1) }
        return bytes == 0 ? .init("-", .faint) : .init(number(bytes))
    }

    private static func number(_ bytes: Int) -> String { Amount.text(Double(bytes) / Double(1 << 30)) }

    /// How many of the longest requests the cache holds at once.
    private func requests(_ tokens: MemoryBudget.Tokens?) -> DocumentSection.Cell {
        guard let tokens, let text = Self.requests(tokens.likely, of: fit.context), let context = fit.context else {
            return .init("?", .faint)
        }
        switch tokens.room(for: context) {
        case .short: return .init("\(text), too few", .bad)
        case .tight: return .init("\(text), tight", .doubtful)
        case .ample: return .init(text, .good)
        }
    }

    private static func gibibytes(_ bytes: Int) -> String {
        bytes < 0 ? "-" + Amount.text(ByteCount(bytes: -bytes)) : Amount.text(ByteCount(bytes: bytes))
    }

    private func terms(of budget: MemoryBudget) -> DocumentSection {
        DocumentSection(
            fit.budgets.count > 1 ? "how it comes about, stage \(budget.stage)" : "how it comes about",
            columns: [],
            rows: budget.terms.map { term in
                [.init(term.purpose.title), .init("\(Self.gibibytes(term.bytes)): \(term.formula)")]
            }
        )
    }

    // MARK: What is wrong

    private func section(_ problem: FitProblem) -> DocumentSection {
        let isError = problem.severity == .error
        let head = "\(isError ? "error" : "warning")[\(problem.code)] \(problem.subject): \(problem.message)"
        var rows = [("measured", problem.measured), ("expected", problem.expected)]
        for (place, way) in problem.ways.enumerated() {
            rows.append((place == 0 ? "change" : "or", way.text))
            if let outcome = way.outcome { rows.append(("", Self.text(outcome))) }
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

    /// Where a way leads: the figures of the fullest GPUs then.
    private static func text(_ outcome: FitProblem.Outcome) -> String {
        var parts = ["\(gibibytes(outcome.weights)) of weights", "\(outcome.tokens.likely) tokens"]
        if let requests = requests(outcome.tokens.likely, of: outcome.context) {
            parts.append("\(requests) request\(requests == "1" ? "" : "s") of \(outcome.context ?? 0) tokens")
        }
        if let edit = outcome.fraction { parts.append("with `\(edit.path.last ?? ""): \(edit.value)`") }
        return "-> " + parts.joined(separator: ", ")
    }

    private static func requests(_ tokens: Int, of context: Int?) -> String? {
        guard let context, context > 0 else { return nil }
        // Rounded down: nearly one is none that fits.
        return Amount.text((Double(tokens) / Double(context) * 10).rounded(.down) / 10)
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
