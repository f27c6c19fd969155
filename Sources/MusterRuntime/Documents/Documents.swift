package import MusterPlan
package import MusterSpec

/// What verbs answer with, in the form machines read, the same from the command line and from the API.
package enum Documents {
    package static func validation(_ checked: CheckedFile) -> JSONValue {
        let document: JSONValue = [
            "format": "muster.validate/1",
            "file": .string(checked.source.name),
            "valid": .boolean(!checked.plans.isEmpty),
            "name": .optional(checked.spec?.name.value.value),
            "plan_hash": .optional(checked.plans.count > 1 ? nil : checked.plans.first?.hash.hex),
            "diagnostics": .array(checked.diagnostics.map { $0.json(file: checked.source.name) }),
        ]
        guard checked.plans.count > 1 else { return document }
        return document.adding(["plan_hashes": .array(checked.plans.map { .string($0.hash.hex) })])
    }

    package static func failure(_ errors: [RuntimeError]) -> JSONValue {
        ["format": "muster.error/1", "errors": .array(errors.map(error))]
    }

    package static func error(_ error: RuntimeError) -> JSONValue {
        [
            "code": .string(error.code.description), "message": .string(error.message), "node": .optional(error.node),
            "details": .array(error.details.map(JSONValue.string)), "hint": .optional(error.hint),
        ]
    }

    /// `muster.plan/1`
    package static func plan(_ plans: [LaunchPlan]) -> JSONValue { .replicas(plans.map(\.json)) }

    /// `muster.render/1`: every file of the launch, byte for byte.
    package static func render(_ plans: [LaunchPlan]) -> JSONValue { .replicas(plans.map(render)) }

    private static func render(_ plan: LaunchPlan) -> JSONValue {
        let contents = plan.renderedFiles.map { file -> JSONValue in
            ["path": .string(file.path), "content": .string(file.content)]
        }
        return [
            "format": "muster.render/1", "name": .string(plan.name.value), "hash": .string(plan.hash.hex),
            "files": .array(contents),
        ]
    }
}
