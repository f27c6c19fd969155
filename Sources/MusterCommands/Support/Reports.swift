import MusterPlan
import MusterRuntime
import MusterSpec

/// The machine forms that belong to no single verb.
enum Reports {
    static func validation(_ checked: CheckedFile) -> JSONValue {
        [
            "format": "muster.validate/1",
            "file": .string(checked.source.name),
            "valid": .boolean(checked.plan != nil),
            "name": .optional(checked.spec?.name.value.value),
            "plan_hash": .optional(checked.plan?.hash.hex),
            "diagnostics": .array(checked.diagnostics.map { $0.json(file: checked.source.name) }),
        ]
    }

    static func failure(_ errors: [RuntimeError]) -> JSONValue {
        ["format": "muster.error/1", "errors": .array(errors.map(error))]
    }

    static func error(_ error: RuntimeError) -> JSONValue {
        [
            "code": .string(error.code.description), "message": .string(error.message), "node": .optional(error.node),
            "details": .array(error.details.map(JSONValue.string)), "hint": .optional(error.hint),
        ]
    }
}
