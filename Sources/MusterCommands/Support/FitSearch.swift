import MusterAPI
import MusterDoctor
import MusterEngines
import MusterPlan
import MusterRuntime
import MusterSpec

/// Finds out how large a model is and what its GPUs have, from what is nearest.
struct FitSearch {
    /// The memory of a GPU, and who says so.
    struct Card {
        let memory: CardMemory
        let origin: String
    }

    /// What was found, and where.
    struct Found {
        let model: ModelFiles
        let shape: ModelShape
        let origin: String
        let card: Card?
        /// Why nodes that were asked gave no answer.
        let failures: [RuntimeError]
    }

    let session: Session
    /// What the person names.
    let config: String?
    let card: Card?
    let isOffline: Bool

    /// What was found so far.
    private struct State {
        var model: (files: ModelFiles, origin: String)?
        var card: Card?
        var failures: [RuntimeError] = []

        /// Takes of what nodes said what is not there yet.
        mutating func take(_ facts: FitFacts, age: String?) {
            let moment = age.map { ", \($0) ago" } ?? ""
            if model == nil, let holding = facts.holding {
                model = (holding.model, "\(holding.model.path) on \(holding.node)\(moment)")
            }
            if card == nil, let memory = facts.card {
                card = Card(memory: memory, origin: "the smallest of the nodes\(moment)")
            }
        }
    }

    /// Looks for both.
    ///
    /// - Parameters:
    ///   - spec: The cluster file.
    ///   - plans: Its plans.
    /// - Returns: A model that can be read; the GPUs' memory where it is known.
    /// - Throws: When there is no model that can be read, everything having been said.
    func find(_ spec: ClusterSpec, _ plans: [LaunchPlan]) async throws -> Found {
        var state = State(card: card)
        state.model = try ownModel(spec.model.value)
        if state.model == nil || state.card == nil {
            let documents = KeptInventories(session.machine, spec.name.value).read()
            let oldest = documents.map(\.times.answered).min() ?? 0
            let age = ElapsedText.text(.seconds(max(0, session.now.milliseconds / 1000 - Int64(oldest))))
            let inventories = NodeFacts(documents: documents).inventories
            state.take(FitFacts(spec: spec, plans: plans, inventories: inventories), age: age)
        }
        if state.model == nil, !isOffline {
            let facts = try await session.examine(
                spec,
                plans,
                depth: Doctor.Depth(asksEngine: false, triesWays: false)
            )
            state.failures = facts.failures
            state.take(FitFacts(spec: spec, plans: plans, inventories: facts.inventories), age: nil)
        }
        guard let model = state.model else { throw missing(spec, state.failures) }
        switch model.files.configuration {
        case .read(let shape, _)?:
            return Found(
                model: model.files,
                shape: shape,
                origin: model.origin,
                card: state.card,
                failures: state.failures
            )
        case .damaged(let damage)?: throw unreadable(damage.message, model.origin)
        case nil: throw unreadable("there is no such file", model.origin)
        }
    }

    /// The model on this machine: the one that the person names, which must be there, else the one of the file.
    private func ownModel(_ name: String) throws -> (files: ModelFiles, origin: String)? {
        if let config {
            switch LocalModel.read(config, session.machine) {
            case .success(let files): return (files, "\(files.path) on this machine")
            case .failure(let problem): throw unreadable(problem.reason, config)
            }
        }
        // Nodes look for other names from their own folders.
        guard name.hasPrefix("/") || name.hasPrefix("~/") else { return nil }
        guard case .success(let files) = LocalModel.read(name, session.machine) else { return nil }
        return (files, "\(files.path) on this machine")
    }

    // MARK: Without a model

    private func missing(_ spec: ClusterSpec, _ failures: [RuntimeError]) -> any Error {
        let asked = isOffline ? "nothing is kept of what the nodes said of it" : "no node that answered has it"
        return refusal(
            failures + [
                RuntimeError(
                    .modelConfigUnreadable,
                    "the `config.json` of `\(spec.model.value)` is not to be had: it is not on this machine, and \(asked)",
                    hint: "name a copy of it with --config" + (isOffline ? ", or leave out --offline" : "")
                )
            ]
        )
    }

    private func unreadable(_ reason: String, _ place: String) -> any Error {
        refusal([
            RuntimeError(
                .modelConfigUnreadable,
                "`config.json` cannot be read: \(reason)",
                details: reason.contains(place) ? [] : [place],
                hint: "name the model's `config.json`, or its folder, with --config"
            )
        ])
    }

    private func refusal(_ errors: [RuntimeError]) -> any Error {
        session.report(errors)
        return MusterExit.failed.asError
    }
}
