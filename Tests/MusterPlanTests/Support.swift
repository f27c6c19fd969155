import MusterPlan
import MusterSpec
import MusterTesting
import Testing

func checked(_ text: String) -> CheckedFile {
    CheckedFile(ClusterFile(source: SourceFile(name: "cluster.yaml", text: text)))
}

/// The plans of a file that must have some.
func plans(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [LaunchPlan] {
    let file = checked(text)
    let problems = file.diagnostics.filter { $0.severity == .error }.map { "\($0.code) \($0.message)" }
    try #require(!file.plans.isEmpty, "\(problems)", sourceLocation: sourceLocation)
    return file.plans
}

/// The plan of a file that must have one.
func plan(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> LaunchPlan {
    try #require(try plans(text, sourceLocation: sourceLocation).first, sourceLocation: sourceLocation)
}

func examplePlans(_ name: String) throws -> [LaunchPlan] { try plans(try Repository.config(name)) }

func examplePlan(_ name: String) throws -> LaunchPlan { try plan(try Repository.config(name)) }

/// One node, with `args` and more below it.
func single(_ more: String = "") -> String {
    """
    name: one
    engine: {kind: sglang, version: 0.5.9}
    model: /models/m
    tp_size: 8
    nodes: [10.0.0.1]
    \(more)
    """
}
