package import MusterDoctor
package import MusterEngines
import MusterPlan
package import MusterSpec
package import MusterSupervision

/// Runs a `StartMachine` against real nodes: feeds it what followers and probes report, and does what it asks for.
package struct StartDriver: Sendable {
    /// What a person watching wants to see.
    package enum Report: Sendable {
        case milestone(StartMachine.Milestone, at: Duration)
        case progress(GangProgress, StartProgress, StartMachine.State, at: Duration)
        /// A unit is being launched for the first time or again.
        case note(String)
    }

    /// How a start ended.
    package struct Outcome: Sendable {
        package var state: StartMachine.State
        package var elapsed: Duration
        /// The last log lines of the unit that failed first, or of the one furthest behind when time was up.
        package var evidence: [String] = []
        /// Whose lines they are.
        package var witness: NodeRank?
        /// Why the gang failed, by the logs of all its units, where they tell.
        package var answer: FailureAnswer?
        /// Whether the gang was taken down.
        package var wasStopped = false
        /// What a teardown could not remove or reach, by node.
        package var left: [(node: String, what: String)] = []
        /// Why a unit could not be launched, with the code and the hint of that.
        package var refusal: RuntimeError?
        /// How long each phase took of a gang that was launched as a whole and is ready.
        package var phases: [Phase: Duration] = [:]
        /// Which way the ranks of a gang that is ready talk between their nodes.
        package var transport: TransportProof?
    }

    let plan: LaunchPlan
    let fleet: Fleet
    let followers: [NodeRank: NodeFollower]
    let generation: Int
    let owner: String
    let probe: HTTPProbe?
    let interrupts: Interrupts
    let learned: [Phase: Duration]
    let fabric: @Sendable () -> FabricTable?
    let report: @Sendable (Report) -> Void

    /// What the driver's tasks tell its loop.
    private enum Input: Sendable {
        case event(StartMachine.Event)
        /// A start was answered, one way or the other: nothing of it is under way any more.
        case startAnswered(NodeRank, RuntimeError?)
    }

    private typealias Inputs = AsyncStream<Input>.Continuation
    private typealias Left = [(node: String, what: String)]

    /// How often workers are looked for between the rendezvous and the last layer: an engine may wait for a dead one
    /// until its own timeout, with every launcher alive.
    private static let lookInterval = Duration.seconds(5)

    /// Launches the units that are given, follows all of them, those that run already too, until the machine is done.
    /// The progress of those is what their logs have said before anybody followed.
    package func run(launching: [NodeRank], progress: GangProgress? = nil) async -> Outcome {
        let clock = ContinuousClock()
        let began = clock.now
        let running = Set(plan.units.map(\.nodeRank)).subtracting(launching)
        let limits = StartMachine.Limits(startup: plan.health.startupTimeout, learned: learned)
        var machine = StartMachine(plan, limits: limits, running: running, progress: progress)
        // Signals are few and small, one per phase and rank and progress step, so the stream stays short unbounded.
        let (stream, inputs) = AsyncStream.makeStream(of: Input.self, bufferingPolicy: .unbounded)
        var left: Left = []
        var wasStopped = false
        var refusals: [NodeRank: RuntimeError] = [:]
        var transport: TransportProof?
        var answer: FailureAnswer?
        var phases: [Phase: Duration] = [:]
        await withTaskGroup(of: Left.self) { group in
            addListeners(to: &group, inputs)
            for unit in launching {
                group.addTask {
                    await start(unit, inputs)
                    return []
                }
            }
            var unanswered = Set(launching)
            var heldBack: Failure?
            var nextLook = Self.lookInterval
            var times = PhaseTimes(machine.progress.phase)
            loop: for await input in stream {
                let now = clock.now - began
                var actions: [StartMachine.Action] = []
                switch input {
                case .event(let event): actions = machine.on(event, at: now)
                case .startAnswered(let unit, let refusal):
                    unanswered.remove(unit)
                    refusals[unit] = refusal
                }
                times.mark(machine.progress.phase, at: now)
                report(.progress(machine.progress, machine.standing(at: now), machine.state, at: now))
                if now >= nextLook, machine.progress.phase >= .connected, machine.state.isUnderWay {
                    nextLook = now + Self.lookInterval
                    actions.append(.probe(.workers))
                }
                for action in actions {
                    switch action {
                    case .announce(let milestone): report(.milestone(milestone, at: now))
                    case .probe(let layer):
                        group.addTask {
                            await ask(layer, inputs)
                            return []
                        }
                    case .measure:
                        group.addTask {
                            let readings = await fleet.activity(of: plan.name, generation: generation)
                            inputs.yield(.event(.measured(readings)))
                            return []
                        }
                    case .fence(let failure): heldBack = failure
                    case .finish: break loop
                    }
                }
                // A stop that overtook a start would leave its unit running: starts under way are waited for first.
                if let failure = heldBack, unanswered.isEmpty {
                    heldBack = nil
                    wasStopped = true
                    group.addTask {
                        let left = await tearDown(after: failure)
                        inputs.yield(.event(.tornDown))
                        return left
                    }
                }
            }
            if case .ready = machine.state {
                times.end(at: clock.now - began)
                phases = running.isEmpty ? times.spans : [:]
                // Before the followers are gone: the connections go with them.
                transport = await TransportLook.take(at: fleet, generation, fabric: fabric())
            } else if case .failed(let failure) = machine.state, failure.isInLogs {
                answer = await FailureLook.take(at: fleet, generation).answer
            }
            inputs.finish()
            group.cancelAll()
            for await part in group { left += part }
        }
        var outcome = Outcome(state: machine.state, elapsed: clock.now - began, wasStopped: wasStopped, left: left)
        outcome.transport = transport
        outcome.phases = phases
        if case .failed(let failure) = machine.state {
            if case .launchRefused(let unit, _) = failure { outcome.refusal = refusals[unit] }
            outcome.witness = witness(of: failure, machine.progress)
            outcome.evidence = await evidence(of: outcome.witness)
            outcome.answer = answer
        }
        return outcome
    }

    private func addListeners(to group: inout TaskGroup<Left>, _ inputs: Inputs) {
        for follower in followers.values {
            group.addTask {
                await follower.run { event in
                    for event in events(event, from: follower.nodeRank) { inputs.yield(.event(event)) }
                }
                return []
            }
        }
        group.addTask {
            while !Task.isCancelled {
                // Cancellation ends the pause; the loop's condition ends the ticking.
                try? await Task.sleep(for: .milliseconds(250))
                inputs.yield(.event(.tick))
            }
            return []
        }
        group.addTask {
            await interrupts.next()
            if !Task.isCancelled { inputs.yield(.event(.interrupted)) }
            return []
        }
    }

    // MARK: Events

    private func events(_ event: NodeFollower.Event, from node: NodeRank) -> [StartMachine.Event] {
        switch event {
        case .started(let key): isOurs(key, node) ? [.started(key.nodeRank)] : []
        case .signal(let key, let signal): isOurs(key, node) ? [.signal(key.nodeRank, signal)] : []
        case .ended(let key, let end): isOurs(key, node) ? [.ended(key.nodeRank, end)] : []
        case .contactLost: [.contactLost(node)]
        case .contact: [.contactRestored(node)]
        case .line, .generating, .vanished: []
        }
    }

    /// An event of another generation never acts.
    private func isOurs(_ key: UnitKey, _ node: NodeRank) -> Bool {
        key.generation == generation && key.nodeRank == node
    }

    private func start(_ unit: NodeRank, _ inputs: Inputs) async {
        var refusal: RuntimeError?
        defer { inputs.yield(.startAnswered(unit, refusal)) }
        guard let link = fleet.links[unit] else { return }
        do throws(RuntimeError) {
            try await link.start(unit, of: plan.name, generation: generation, owner: owner)
            inputs.yield(.event(.started(unit)))
        } catch {
            refusal = error
            inputs.yield(.event(.refused(unit, error.message)))
        }
    }

    private func ask(_ layer: ReadinessLayer, _ inputs: Inputs) async {
        if layer == .workers {
            inputs.yield(.event(await lookForWorkers()))
            return
        }
        guard let probe else {
            inputs.yield(.event(.unanswered(layer)))
            return
        }
        switch await probe.ask(layer) {
        case .success: inputs.yield(.event(.answered(layer)))
        case .failure: inputs.yield(.event(.unanswered(layer)))
        }
    }

    /// The last layer: every GPU worker has a process.
    private func lookForWorkers() async -> StartMachine.Event {
        switch WorkerLook(await fleet.observe(), generation) {
        case .whole: .answered(.workers)
        case .missing(let unit, let ranks): .workersMissing(unit, ranks)
        case .unknown: .unanswered(.workers)
        }
    }

    // MARK: Teardown

    private func tearDown(after failure: Failure) async -> [(node: String, what: String)] {
        let selection = plan.units.map { "\(generation):\($0.nodeRank)" }
        let results = await fleet.each { link, unit async throws(RuntimeError) in
            let own = selection[unit.nodeRank.value]
            return try await link.stop(unit, of: plan.name, owner: owner, selection: [own])
        }
        return results.flatMap { rank, result -> [(node: String, what: String)] in
            let name = plan.unit(rank)?.node.name ?? rank.description
            switch result {
            case .success(let stopped): return stopped.leftovers.map { (node: name, what: $0) }
            case .failure(let error):
                return [(node: name, what: "could not be asked to stop (\(error.message)); its unit may still run")]
            }
        }
    }

    /// The unit whose log says most about a failure.
    private func witness(of failure: Failure, _ progress: GangProgress) -> NodeRank? {
        switch failure {
        case .unitEnded(let rank, _), .workersMissing(let rank, _): rank
        case .stalled(let stall) where stall.unit != nil: stall.unit
        case .timedOut, .stalled: plan.units.map(\.nodeRank).min { progress.phase(of: $0) < progress.phase(of: $1) }
        case .launchRefused, .contactLost, .unhealthy, .nodeLost, .memoryHeld, .asked, .interrupted: nil
        }
    }

    private func evidence(of unit: NodeRank?) async -> [String] {
        guard let unit, let follower = followers[unit] else { return [] }
        return await follower.tail(of: UnitKey(generation: generation, nodeRank: unit), 15)
    }
}

extension StartMachine.State {
    /// The gang is on its way up: neither done nor being stopped.
    fileprivate var isUnderWay: Bool {
        switch self {
        case .launching, .starting, .probing: true
        case .ready, .fencing, .failed, .detached: false
        }
    }
}
