import MusterDoctor
import MusterPlan
import MusterRuntime
import MusterSpec

/// What stands for `auto` in a cluster file.
extension Session {
    /// The file with what was chosen when it was last brought up from here; without that, `auto` leaves the choice to the
    /// engine's libraries.
    func resolved(_ checked: CheckedFile) -> CheckedFile {
        guard let spec = checked.spec, AutomaticValues.areWanted(by: spec) else { return checked }
        return edited(checked, ChosenValues(machine, spec.name.value).read())
    }

    /// The file with what is chosen for its nodes now, which they are asked for. What was chosen is said and kept.
    func resolvedNow(_ checked: CheckedFile) async throws -> CheckedFile {
        guard let spec = checked.spec, AutomaticValues.areWanted(by: spec) else { return checked }
        let facts = try await operate { interrupts in
            let doctor = Doctor(spec, checked.plans, depth: Doctor.Depth(asksEngine: false, triesWays: false))
            guard let facts = try await interrupts.cancelling({ await doctor.examine(link: link) }) else {
                throw RuntimeError(.interrupted, "interrupted before anything was started")
            }
            // What is not known of one node would be chosen differently the next time.
            guard facts.failures.isEmpty else { throw OperationErrors(facts.failures) }
            return facts
        }
        let edits = AutomaticValues.edits(spec, facts.report(on: spec, checked.plans, file: checked.source.name).fabric)
        for edit in edits { console.say("auto: \(edit.path.joined(separator: ".")): \(edit.value)") }
        let chosen = edited(checked, edits)
        guard !chosen.plans.isEmpty else { return checked }
        if let problem = ChosenValues(machine, spec.name.value).keep(edits) {
            console.say("note: what was chosen cannot be kept: \(problem.reason)")
        }
        return chosen
    }

    private func edited(_ checked: CheckedFile, _ edits: [FileEdit]) -> CheckedFile {
        guard !edits.isEmpty else { return checked }
        var editor = ClusterFileEditor(checked.source)
        for refusal in editor.apply(edits) {
            console.say("note: `\(refusal.edit.path.joined(separator: "."))` stays `auto`: \(refusal.reason)")
        }
        let source = editor.source
        return CheckedFile(
            ClusterFile(bytes: Array(source.text.utf8), name: source.name, world: LocalFiles.world(machine))
        )
    }
}
