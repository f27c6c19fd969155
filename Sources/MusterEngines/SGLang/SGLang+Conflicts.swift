import MusterSpec
import OrderedCollections

extension SGLang {
    /// What argument resolution asserts: it ends the launcher of each node with 1 and a traceback, after its imports.
    func conflictRules() -> [Diagnostic] {
        guard spec.unreadable.isDisjoint(with: ["tp_size", "pp_size", "dp_size", "ep_size", "engine.version"]) else {
            return []
        }
        return attentionConflicts() + contextConflicts() + expertConflicts() + denseConflicts() + speculation()
            + plainValues() + disaggregation()
    }

    // MARK: Attention

    /// 0.4.4 asserts `dp_size > 1`; 0.5.23 takes one of both sizes.
    private func attentionConflicts() -> [Diagnostic] {
        let (arguments, data) = (arguments, spec.dataParallel)
        if version < .known("0.4.6"), data.value == 1, let given = arguments.switched("enable-dp-attention") {
            return [
                ArgumentConflict.problem(
                    given,
                    "SGLang \(version) splits attention over two parts at least",
                    found: "`\(given.name)` with dp_size 1",
                    expected: "a dp_size of 2 or more that divides tp_size",
                    hint: "write `dp_size`, or remove `\(given.name)`"
                )
            ]
        }
        guard version >= .known("0.5.23"), data.value > 1, let parts = arguments.integer("attn-dp-size"),
            parts.value > 1
        else { return [] }
        return [
            ArgumentConflict.problem(
                parts,
                "SGLang \(version) runs copies or splits attention, and not both",
                found: "`\(parts.name): \(parts.value)` with dp_size \(data.value)",
                expected: "one of them",
                hint: "remove `\(parts.name)` or dp_size"
            )
        ]
    }

    /// `tp % (attn_dp * attn_cp) == 0` (since 0.5.9).
    private func contextConflicts() -> [Diagnostic] {
        let tensor = spec.tensorParallel.value
        // What attention DP does wrong alone is said of its own line.
        guard let context = arguments.integer("attn-cp-size"), context.value > 1, attentionParts > 0,
            tensor % attentionParts == 0, (tensor / attentionParts) % context.value != 0
        else { return [] }
        let parts = attentionParts > 1 ? "\(attentionParts) parts of attention x " : ""
        return [
            ArgumentConflict.problem(
                context,
                "attention and context parallelism do not divide tp_size \(tensor)",
                found: "\(parts)`\(context.name): \(context.value)`",
                expected: "a divisor of \(tensor / attentionParts)",
                hint: "choose a divisor of \(tensor / attentionParts), or another tp_size"
            )
        ]
    }

    // MARK: Experts

    /// `moe_dp`, since 0.5.9; all-to-all backends spread experts over all of TP, whatever is written.
    private func expertConflicts() -> [Diagnostic] {
        let (tensor, expert) = (spec.tensorParallel.value, spec.expertParallel.value)
        if expert > 1, expert != tensor, tensor % expert == 0, !needsExpertSwitch, spreadsExperts {
            return [
                Diagnostic(
                    .expertParallel,
                    .warning,
                    "the way experts are reached spreads them over all of tp_size",
                    at: spec.expertParallel.span,
                    found: "ep_size \(expert)",
                    expected: "\(tensor); SGLang takes that whatever is written",
                    hint: "write `ep_size: \(tensor)`"
                )
            ]
        }
        guard let copies = arguments.integer("moe-dp-size"), copies.value > 1 else { return [] }
        let product = expert.multipliedReportingOverflow(by: copies.value)
        let isWhole = !product.overflow && tensor % copies.value == 0
        if !isWhole || product.partialValue > tensor || (expert > 1 && product.partialValue != tensor) {
            return [
                ArgumentConflict.problem(
                    copies,
                    "copies of experts do not fill tp_size \(tensor)",
                    found: "`\(copies.name): \(copies.value)` with ep_size \(expert)",
                    expected: expert > 1
                        ? "ep_size x \(copies.name) of \(tensor)" : "a divisor of \(tensor)",
                    hint: "choose sizes whose product is \(tensor), or remove `\(copies.name)`"
                )
            ]
        }
        let context = arguments.integer("attn-cp-size")?.value ?? 1
        guard version >= .known("0.5.23"), context != copies.value else { return [] }
        return [
            ArgumentConflict.problem(
                copies,
                "copies of experts are as many as share a prompt's context, or one",
                found: "`\(copies.name): \(copies.value)` with attn-cp-size \(context)",
                expected: "\(context)",
                hint: "write `attn-cp-size: \(copies.value)`, or remove `\(copies.name)`"
            )
        ]
    }

    /// 1 or nothing, from 0.5.23 on also tp_size.
    private func denseConflicts() -> [Diagnostic] {
        guard let dense = arguments.integer("moe-dense-tp-size"), dense.value != 1 else { return [] }
        let tensor = spec.tensorParallel.value
        let takesAll = version >= .known("0.5.23")
        guard !takesAll || dense.value != tensor else { return [] }
        return [
            ArgumentConflict.problem(
                dense,
                "the dense layers of a model with experts are divided by all ranks or by none",
                found: "`\(dense.name): \(dense.value)`",
                expected: takesAll ? "1 or \(tensor)" : "1",
                hint: "write `\(dense.name): 1`, or remove it"
            )
        ]
    }

    // MARK: Others

    /// No speculation across pipeline stages; later for EAGLE on the prefill side, or where a variable allows it. Which
    /// release between 0.5.9 and 0.5.23 allowed it first is not known, so those are taken for the later.
    private func speculation() -> [Diagnostic] {
        guard spec.pipelineParallel.value > 1, let given = arguments.text("speculative-algorithm"),
            !["none", "null"].contains(given.value.lowercased())
        else { return [] }
        let isPrefill = arguments.text("disaggregation-mode")?.value == "prefill"
        let isAllowed = spec.environment["SGLANG_ENABLE_PP_SPEC"].map { ["1", "true"].contains($0.value.lowercased()) }
        if version > .known("0.5.9"), isAllowed == true || (isPrefill && given.value.uppercased() == "EAGLE") {
            return []
        }
        return [
            ArgumentConflict.problem(
                given,
                "SGLang does not predict tokens ahead across pipeline stages",
                found: "`\(given.name): \(given.value)` with pp_size \(spec.pipelineParallel.value)",
                expected: "pp_size 1, or no speculation",
                hint: "remove `\(given.name)`, or use tp_size in place of pp_size"
            )
        ]
    }

    private func plainValues() -> [Diagnostic] {
        var problems: [Diagnostic] = []
        if version >= .known("0.5.9"), let name = arguments.text("served-model-name"), name.value.contains(":") {
            problems.append(
                ArgumentConflict.problem(
                    name,
                    "a model's name holds a colon, which SGLang keeps for adapters",
                    found: "`\(name.value)`",
                    expected: "a name without `:`",
                    hint: "write `-` in its place"
                )
            )
        }
        for (flag, least) in [("base-gpu-id", 0), ("gpu-id-step", 1)] {
            guard let given = arguments.integer(flag), given.value < least else { continue }
            problems.append(
                ArgumentConflict.problem(
                    given,
                    "`\(given.name)` counts GPUs",
                    found: "\(given.value)",
                    expected: "\(least) or more",
                    hint: "write `\(given.name): \(least)`, or remove it"
                )
            )
        }
        return problems
    }

    /// Prefill and decode apart: what carries the cache over (0.5.23 pd_disaggregation_hook.py).
    private func disaggregation() -> [Diagnostic] {
        guard version >= .known("0.5.23"), let mode = arguments.text("disaggregation-mode")?.value,
            let backend = arguments.text("disaggregation-transfer-backend")
        else { return [] }
        if mode == "prefill", backend.value == "fake" {
            return [
                ArgumentConflict.problem(
                    backend,
                    "a prefill deployment hands its cache on, which `fake` does not",
                    found: "`\(backend.value)`",
                    expected: "mooncake, nixl, mori or ascend",
                    hint: "remove `\(backend.name)`, whose default is mooncake"
                )
            ]
        }
        let carrying: Set = ["mooncake", "nixl", "mori", "ascend"]
        guard mode == "decode", let parts = arguments.integer("dcp-size"), parts.value > 1,
            !carrying.contains(backend.value)
        else { return [] }
        return [
            ArgumentConflict.problem(
                backend,
                "a cache that ranks share is not carried by `\(backend.value)`",
                found: "`\(backend.value)` with `\(parts.name): \(parts.value)`",
                expected: "mooncake, nixl, mori or ascend",
                hint: "choose one of them, or remove `\(parts.name)`"
            )
        ]
    }
}
