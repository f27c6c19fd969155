package import MusterEngines
package import MusterPlan
package import MusterSpec

/// Everything that is decided about one deployment: what runs, what is stopped, what is begun again and when. Pure.
///
/// Its durable half is a ``DeploymentRecord``: each change to it leaves as an event, which is to be written down before
/// the actions that stand behind it are done.
package struct DeploymentMachine: Sendable {
    package enum Event: Sendable {
        case node(String, NodeMachine.Event)
        /// Something happened to a generation; the last lines of the log of the unit it happened to.
        case gang(replica: Int, generation: Int, GangMachine.Event, evidence: [String])
        case observed(replica: Int, GangObservation)
        case measured(replica: Int, [NodeRank: MemoryReading])
        /// A node has seen a later generation than the one that was to be launched.
        case stale(replica: Int, generation: Int, highest: Int)
        case evicted(node: String, left: [String])
        case evictionFailed(node: String)
        /// Why a generation failed, where its logs told.
        case explained(replica: Int, generation: Int, FailureAnswer?)
        case tick
    }

    package enum Action: Sendable {
        /// To be written down before anything after it is done.
        case record(DeploymentEvent)
        case observe(replica: Int)
        case measure(replica: Int)
        case start(replica: Int, generation: Int, [NodeRank])
        case stop(replica: Int, generation: Int, NodeRank, also: [GangObservation.Stray], gently: Bool)
        case probe(replica: Int, generation: Int, ReadinessLayer)
        /// Measure what the units of a gang do, and report `measured`.
        case measureUnits(replica: Int, generation: Int)
        /// Stop what a node runs of this generation and earlier ones.
        case evict(node: String, generation: Int)
        /// The replica has another plan from now on.
        case replanned(replica: Int)
    }

    /// Why a wish was not granted.
    package struct Refusal: Error, Hashable, Sendable {
        package var code: DiagnosticCode
        package var text: String
        package var hint: String

        init(_ code: DiagnosticCode, _ text: String, hint: String) {
            self.code = code
            self.text = text
            self.hint = hint
        }
    }

    /// Makes the plan of a replica with spares in place of nodes of the file, by name.
    package typealias Replan = @Sendable (_ replica: Int, _ substitutes: [String: String]) -> LaunchPlan?

    package internal(set) var record: DeploymentRecord
    package internal(set) var replicas: [Int: Replica]
    package internal(set) var nodes: [String: NodeMachine] = [:]
    /// Makes the plan of a replica with spares in place of nodes; nothing when the file does not allow it.
    var replan: Replan
    /// Milliseconds since the epoch at time zero of this machine.
    package let epoch: Int
    var actions: [Action] = []
    var evicting: Set<String> = []

    /// - Parameters:
    ///   - record: What is known from before; a new one for a new deployment.
    ///   - plans: The plan of each replica, as the file has it.
    ///   - epoch: Milliseconds since the epoch at time zero.
    ///   - now: Time since then.
    ///   - replan: Makes the plan of a replica with spares in place of nodes.
    package init(
        _ record: DeploymentRecord,
        plans: [LaunchPlan],
        epoch: Int,
        at now: Duration,
        replan: @escaping Replan
    ) {
        self.record = record
        self.epoch = epoch
        self.replan = replan
        replicas = [:]
        install(plans, at: now)
    }

    /// Takes the plans of a file in, with the spares that already stand in.
    mutating func install(_ plans: [LaunchPlan], at now: Duration) {
        for (index, plan) in plans.enumerated() {
            replicas[index] = Replica(plan: planned(plan, index, replan))
        }
        for plan in plans {
            for node in plan.units.map(\.node) + plan.spares where nodes[node.name] == nil {
                nodes[node.name] = NodeMachine(lostAfter: plan.health.lostAfter, at: now)
            }
        }
    }

    /// What is done first after a start of the daemon: everything is looked at before anything is concluded.
    package mutating func begin(at now: Duration) -> [Action] {
        for index in replicas.keys.sorted() {
            let saved = record.replica(index)
            switch saved.state {
            case .failed: replicas[index]?.standing = .failed
            case .down where record.wish == .down: replicas[index]?.standing = .idle
            default: observe(index)
            }
        }
        return drain()
    }

    package mutating func on(_ event: Event, at now: Duration) -> [Action] {
        switch event {
        case .node(let name, let event): take(event, of: name, at: now)
        case .gang(let index, let generation, let event, let evidence):
            // An event of another generation never acts.
            guard case .live(let gang)? = replicas[index]?.standing, gang.generation == generation else { break }
            // While paused nothing is concluded, but what was begun is finished.
            if record.isPaused, !gang.isEnding { break }
            feed(event, to: index, evidence: evidence, at: now)
        case .observed(let index, let observation): observed(index, observation, at: now)
        case .measured(let index, let readings): measured(index, readings, at: now)
        case .stale(let index, let generation, let highest): stale(index, generation, highest, at: now)
        case .evicted(let node, let left):
            evicting.remove(node)
            if left.isEmpty { note(.evicted(node: node), at: now) }
        case .evictionFailed(let node): evicting.remove(node)
        case .explained(let index, let generation, let answer):
            note(.explained(replica: index, generation: generation, answer: answer), at: now)
        case .tick: tick(at: now)
        }
        return drain()
    }

    /// Whether nothing of it runs, is wanted to, or is owed to any node.
    package var isAtRest: Bool {
        record.wish == .down && record.evictions.isEmpty
            && replicas.values.allSatisfy { if case .idle = $0.standing { true } else { false } }
    }

    /// Whether there is nothing to do but to watch, so that time may be told in longer steps.
    package var isCalm: Bool {
        if isAtRest { return true }
        let areSettled = nodes.values.allSatisfy { $0.isReachable || $0.isLost }
        return areSettled && record.evictions.isEmpty
            && replicas.values.allSatisfy { replica in
                switch replica.standing {
                case .idle, .failed: true
                case .live(let gang): if case .serving = gang.state { true } else { false }
                case .observing, .waiting, .pausing, .gating: false
                }
            }
    }

    /// Why a replica's next step is not taken yet, where it waits for anything but time.
    package func obstacle(of index: Int) -> String? {
        switch replicas[index]?.standing {
        case .observing(again: .some)?:
            let silent = replicas[index]?.plan.units.map(\.node.name).first { !(nodes[$0]?.isReachable ?? false) }
            return silent.map { "\($0) cannot be asked what runs there\(nodes[$0]?.trouble.map { ": \($0)" } ?? "")" }
        case .waiting(let reason)?: return reason.isEmpty ? nil : reason
        case .gating(let gate)?: return gate.told
        case .observing(again: nil)?, .idle?, .live?, .pausing?, .failed?, nil: return nil
        }
    }

    // MARK: Bookkeeping

    /// Takes the actions that have gathered.
    mutating func drain() -> [Action] {
        defer { actions = [] }
        return actions
    }

    /// An event into the record, and out to be written down.
    mutating func note(_ event: DeploymentEvent, at now: Duration) {
        record.apply(event, at: epoch + now.milliseconds)
        actions.append(.record(event))
    }

    mutating func observe(_ index: Int) {
        // What was seen before this look decides nothing any more.
        replicas[index]?.foundStopped = nil
        replicas[index]?.standing = .observing(again: nil)
        actions.append(.observe(replica: index))
    }

    /// Whether a replica is to run.
    func isWanted(_ index: Int) -> Bool { record.wish == .up && replicas[index]?.isLeaving == false }

    /// A replica that is not wanted has nothing left.
    mutating func rest(_ index: Int, at now: Duration) {
        replicas[index]?.standing = .idle
        if record.replica(index).state != .down { note(.stopped(replica: index), at: now) }
        guard replicas[index]?.isLeaving == true else { return }
        replicas[index] = nil
        actions.append(.replanned(replica: index))
    }

    /// Another replica whose gang is still on a node: while a file is replaced a node may go from one to the other.
    func occupant(of node: String, besides index: Int) -> Int? {
        replicas.filter { $0.key != index && $0.value.gang?.plan.hasUnit(on: node) ?? false }.keys.min()
    }

    func moment(_ milliseconds: Int) -> Duration { .milliseconds(milliseconds - epoch) }

    // MARK: Nodes

    private mutating func take(_ event: NodeMachine.Event, of name: String, at now: Duration) {
        for action in nodes[name]?.on(event, at: now) ?? [] {
            switch action {
            case .suspected(let reason):
                note(.nodeSuspected(node: name, reason: reason), at: now)
                tell(name, at: now) { .contactLost($0) }
            case .lost(let after):
                note(.nodeLost(node: name, after: after.milliseconds), at: now)
                tell(name, at: now) { .contactLost($0) }
                tell(name, at: now) { .nodeLost($0) }
            case .back(let after):
                note(.nodeBack(node: name, after: after.milliseconds), at: now)
                tell(name, at: now) { .contactRestored($0) }
            case .reached:
                tell(name, at: now) { .contactRestored($0) }
                lookAgain(because: name, at: now)
            case .rebooted: note(.nodeRebooted(node: name), at: now)
            }
        }
    }

    /// A look that waits for a node is taken as soon as the node answers.
    private mutating func lookAgain(because node: String, at now: Duration) {
        for (index, replica) in replicas where replica.plan.hasUnit(on: node) {
            if case .observing(again: .some) = replica.standing { replicas[index]?.standing = .observing(again: now) }
        }
    }

    /// Tells the gangs that have a unit on a node.
    private mutating func tell(_ node: String, at now: Duration, _ event: (NodeRank) -> GangMachine.Event) {
        for (index, replica) in replicas.sorted(by: { $0.key < $1.key }) {
            guard case .live = replica.standing, let unit = replica.plan.units.first(where: { $0.node.name == node })
            else { continue }
            feed(event(unit.nodeRank), to: index, evidence: [], at: now)
        }
    }

    private mutating func tick(at now: Duration) {
        for name in nodes.keys.sorted() { take(.tick, of: name, at: now) }
        for (name, generation) in record.evictions.sorted(by: { $0.key < $1.key })
        where nodes[name]?.isReachable ?? false && evicting.insert(name).inserted {
            actions.append(.evict(node: name, generation: generation))
        }
        for index in replicas.keys.sorted() { tick(index, at: now) }
    }
}

extension LaunchPlan {
    func hasUnit(on node: String) -> Bool { units.contains { $0.node.name == node } }
}

extension GangMachine {
    /// Being stopped, or stopped.
    var isEnding: Bool {
        switch state {
        case .fencing, .fenced: true
        case .starting, .serving: false
        }
    }
}
