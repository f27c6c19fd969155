import MusterDoctor
import MusterPlan
import MusterRuntime
import MusterSpec
import MusterTerminal

/// `muster doctor --deep`: measures, when nobody is disturbed and somebody agrees.
struct DeepLook: Sendable {
    let session: Session
    let spec: ClusterSpec
    let plans: [LaunchPlan]
    let isAgreed: Bool
    /// How long each meeting may take.
    let limit: Duration

    /// Ends the verb where nobody could be asked, before anything is done.
    func expectSomebodyToAsk() throws {
        guard !isAgreed, !session.console.canAsk else { return }
        session.console.say("error: --deep loads all GPUs and asks first, and there is no terminal to ask on")
        session.console.say("  hint: give --yes as well")
        throw MusterExit.usage.asError
    }

    /// Measures the nodes of the file.
    ///
    /// - Returns: Nothing where it was not agreed to, or where there is nothing to measure.
    /// - Throws: Why it was not measured.
    func measure(_ facts: NodeFacts) async throws -> BandwidthReport? {
        let console = session.console
        let examination = facts.examination(of: spec, plans)
        let hindrances = BandwidthHindrance.all(
            spec: spec,
            plans: plans,
            inventories: facts.inventories,
            examination: examination
        )
        guard hindrances.isEmpty else { throw Self.error(hindrances) }
        let course = BandwidthCourse(
            BandwidthMember.gangs(spec: spec, plans: plans, inventories: facts.inventories)
        )
        guard !course.rounds.isEmpty else {
            console.say("note: one GPU on one node has nobody to talk to, so nothing was measured")
            return nil
        }
        let nodes = course.gangs.flatMap(\.self).count
        let time = ElapsedText.text(course.estimate)
        let question = "Load all \(course.gpus) GPUs of \(Names.count(nodes, "node")) for about \(time)?"
        guard isAgreed || console.confirm(question) else {
            console.say("note: nothing was measured")
            return nil
        }
        return BandwidthReport(try await run(course), fabric: examination.fabric)
    }

    private func run(_ course: BandwidthCourse) async throws -> BandwidthCourse {
        let progress = DoctorProgress(session.console)
        let (limit, link) = (limit, session.link)
        return try await session.operate { interrupts in
            defer { progress.finish() }
            let run = BandwidthRun(limit: limit) { progress.take($0) }
            guard let course = try await interrupts.cancelling({ await run.run(course, link: link) }) else {
                throw RuntimeError(.interrupted, "interrupted; the measurement has ended on the nodes, too")
            }
            return course
        }
    }

    /// What stands against it, a line for each node.
    private static func error(_ hindrances: [BandwidthHindrance]) -> RuntimeError {
        RuntimeError(
            .measurementNotMade,
            "bandwidth was not measured",
            details: hindrances.map { "\($0.node): \($0.text)" },
            hint: "measure again when the cards are free and what is named is mended"
        )
    }
}
