import MusterSpec

extension VLLM {
    /// What the engine's own configuration refuses, with exit status 1 and after its imports.
    func conflictRules() -> [Diagnostic] {
        guard spec.unreadable.isDisjoint(with: ["tp_size", "dp_size", "ep_size", "engine.version"]) else { return [] }
        return balancing() + copies() + prefillContext()
    }

    /// `enable_expert_parallel must be True to use EPLB.`
    private func balancing() -> [Diagnostic] {
        guard let given = arguments.switched("enable-eplb") else { return [] }
        let ranks = spec.tensorParallel.value * spec.dataParallel.value
        guard spec.expertParallel.value == 1 || ranks == 1 else { return [] }
        return [
            ArgumentConflict.problem(
                given,
                ranks == 1
                    ? "experts are balanced between ranks, and there is one"
                    : "experts are balanced between ranks, and are not spread over them",
                found: "`\(given.name)` with ep_size \(spec.expertParallel.value) on "
                    + (ranks == 1 ? "1 rank" : "\(ranks) ranks"),
                expected: ranks == 1 ? "two ranks or more" : "ep_size \(ranks)",
                hint: ranks == 1 ? "remove `\(given.name)`" : "write `ep_size: \(ranks)`, or remove `\(given.name)`"
            )
        ]
    }

    // MARK: Copies

    private func copies() -> [Diagnostic] {
        let data = spec.dataParallel.value
        let hybrid = arguments.switched("data-parallel-hybrid-lb")
        let external = arguments.switched("data-parallel-external-lb")
        if let hybrid, external != nil {
            return [
                ArgumentConflict.problem(
                    hybrid,
                    "requests are spread by one of two ways",
                    found: "`data-parallel-hybrid-lb` and `data-parallel-external-lb`",
                    expected: "one of them",
                    hint: "remove the other"
                )
            ]
        }
        if let external, data == 1 {
            return [
                ArgumentConflict.problem(
                    external,
                    "there are no copies to spread requests over",
                    found: "`\(external.name)` with dp_size 1",
                    expected: "dp_size 2 or more",
                    hint: "write `dp_size`, or remove `\(external.name)`"
                )
            ]
        }
        let local = arguments.integer("data-parallel-size-local")
        let start = arguments.integer("data-parallel-start-rank")
        if let hybrid, local == nil, start == nil {
            return [
                ArgumentConflict.problem(
                    hybrid,
                    "how many copies run on a node is not written",
                    found: "`\(hybrid.name)` without `data-parallel-size-local`",
                    expected: "`data-parallel-size-local`",
                    hint: "write `data-parallel-size-local: \(data)`"
                )
            ]
        }
        if let local, !(0...data).contains(local.value) {
            return [count(local, data, "`\(local.name): \(local.value)`")]
        }
        guard let start else { return [] }
        let more = local?.value ?? 1
        guard !(0..<max(1, data)).contains(start.value) || start.value + more > data else { return [] }
        let copies = more == 1 ? "1 copy" : "\(more) copies"
        return [count(start, data, "`\(start.name): \(start.value)` with \(copies) on the node")]
    }

    private func count(_ given: FileArguments.Given<Int>, _ data: Int, _ found: String) -> Diagnostic {
        ArgumentConflict.problem(
            given,
            "a node runs copies that there are not",
            found: found,
            expected: "copies 0 to \(data - 1): dp_size \(data)",
            hint: "choose smaller numbers, or remove `\(given.name)`"
        )
    }

    /// It multiplies the world, which plans do not know of.
    private func prefillContext() -> [Diagnostic] {
        guard let given = arguments.integer("prefill-context-parallel-size"), given.value > 1 else { return [] }
        return [
            Diagnostic(
                .notRendered,
                "muster does not launch ranks that share a prompt's context",
                at: given.span,
                found: "`\(given.name): \(given.value)`",
                expected: "tp_size and pp_size alone",
                hint: "remove `\(given.name)`"
            )
        ]
    }
}
