import MusterEngines
package import MusterSpec

extension FitReport {
    /// `muster.fit/1`. Sizes are bytes; what is not known is null.
    package var json: JSONValue {
        let spec = fit.spec
        return [
            "format": .string(Self.format), "name": .string(spec.name.value.value), "file": .string(file),
            "engine": .string(spec.engine.kind.value.rawValue), "version": .string(spec.engine.version.value.text),
            "layout": [
                "tp": .integer(spec.tensorParallel.value), "pp": .integer(spec.pipelineParallel.value),
                "dp": .integer(spec.dataParallel.value), "ep": .integer(spec.expertParallel.value),
            ],
            "model": fit.shape.json, "model_from": .optional(origins.model), "gpu_from": .optional(origins.card),
            "checkpoint_bytes": .optional(fit.checkpoint?.bytes),
            "context_tokens": .optional(fit.context),
            "stages": .array(fit.budgets.map { Self.json($0, fit.context) }),
            "problems": .array(fit.problems.map(Self.json)),
            "not_judged": .array(fit.unjudged.map(JSONValue.string)),
        ]
    }

    private static func json(_ budget: MemoryBudget, _ context: Int?) -> JSONValue {
        [
            "stage": .integer(budget.stage), "first_layer": .integer(budget.layers.lowerBound),
            "layer_count": .integer(budget.layers.count), "card_bytes": .integer(budget.card.total.bytes),
            "free_bytes": .integer(budget.card.free.bytes), "fraction": .number(budget.fraction),
            "fraction_is_given": .boolean(budget.isFractionGiven), "token_bytes": .optional(budget.tokenBytes),
            "tokens": budget.tokens.map(json) ?? .null,
            "room": .optional(budget.tokens.flatMap { tokens in context.map { tokens.room(for: $0).rawValue } }),
            "terms": .array(
                budget.terms.map { term in
                    [
                        "for": .string(term.purpose.rawValue), "bytes": .integer(term.bytes),
                        "is": .string(term.formula),
                    ]
                }
            ),
        ]
    }

    private static func json(_ tokens: MemoryBudget.Tokens) -> JSONValue {
        ["least": .integer(tokens.least), "likely": .integer(tokens.likely), "most": .integer(tokens.most)]
    }

    private static func json(_ outcome: FitProblem.Outcome) -> JSONValue {
        [
            "weight_bytes": .integer(outcome.weights), "tokens": json(outcome.tokens),
            "context_tokens": .optional(outcome.context), "with": outcome.fraction.map(json) ?? .null,
        ]
    }

    private static func json(_ edit: FitProblem.Edit) -> JSONValue {
        ["path": .array(edit.path.map(JSONValue.string)), "value": .string(edit.value)]
    }

    private static func json(_ problem: FitProblem) -> JSONValue {
        [
            "code": .string(problem.code.description), "severity": .string(problem.severity.rawValue),
            "subject": .string(problem.subject), "message": .string(problem.message),
            "measured": .string(problem.measured), "expected": .string(problem.expected),
            "key": .string(problem.key), "line": .optional(problem.span?.line),
            "ways_out": .array(
                problem.ways.map { way in
                    [
                        "text": .string(way.text),
                        "edits": .array(way.edits.map(json)),
                        "outcome": way.outcome.map(json) ?? .null,
                    ]
                }
            ),
        ]
    }
}
