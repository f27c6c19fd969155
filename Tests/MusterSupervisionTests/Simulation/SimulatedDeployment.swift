import MusterEngines
import MusterPlan
import MusterSpec
import MusterSupervision
import MusterTesting
import Testing

/// A deployment machine among simulated nodes: its actions are carried out after a while, and come back as events.
struct SimulatedDeployment: CustomStringConvertible {
    var description: String { "\(state) at \(now)" }

    var machine: DeploymentMachine
    var world: SimulatedNodes
    private(set) var now: Duration = .zero
    /// Every event it has recorded, in order.
    private(set) var journal: [(event: DeploymentEvent, at: Int)] = []
    var isHanging = false
    private let plans: [LaunchPlan]
    private let builders: [PlanBuilder]
    private var queue: [(due: Duration, order: Int, event: DeploymentMachine.Event)] = []
    private var order = 0
    private(set) var random: SeededRandom
    static let epoch = 1_700_000_000_000

    /// - Parameters:
    ///   - builders: Those of the file's replicas.
    ///   - nodes: Nodes that are there without being in the file.
    ///   - seed: Of all that is random.
    init(_ builders: [PlanBuilder], nodes: [String] = [], seed: UInt64) {
        self.builders = builders
        plans = builders.map { $0.build() }
        random = SeededRandom(seed: seed)
        world = SimulatedNodes(plans.flatMap { $0.units.map(\.node.name) + $0.spares.map(\.name) } + nodes)
        machine = Self.machine(DeploymentRecord(name: "sim"), builders, at: .zero)
        contact()
    }

    private static func machine(
        _ record: DeploymentRecord,
        _ builders: [PlanBuilder],
        at now: Duration
    ) -> DeploymentMachine {
        DeploymentMachine(record, plans: builders.map { $0.build() }, epoch: epoch, at: now, replan: replan(builders))
    }

    static func replan(_ builders: [PlanBuilder]) -> DeploymentMachine.Replan {
        { replica, substitutes in builders[replica].build(replacing: substitutes) }
    }

    /// Of the first replica, or the only one.
    var state: ReplicaRecord.State { machine.record.replica(0).state }
    var isReady: Bool { states.allSatisfy { if case .ready = $0 { true } else { false } } }
    /// Ready, all replicas of it, with every unit where it belongs.
    var isWell: Bool { machine.replicas.keys.allSatisfy { isWell($0) } }
    var isFailed: Bool { states.contains { if case .failed = $0 { true } else { false } } }

    private var states: [ReplicaRecord.State] { machine.replicas.keys.map { machine.record.replica($0).state } }

    func isWell(_ replica: Int) -> Bool {
        guard case .ready(let generation) = machine.record.replica(replica).state,
            let plan = machine.replicas[replica]?.plan
        else { return false }
        return world.isWhole(plan, generation)
    }

    // MARK: Wishes and faults

    /// Brings it up; a node that may not be replaced by the file's word any more is kept where it is.
    mutating func up(keeping kept: String? = nil) throws {
        let file = FileReference(hash: "f", path: "sim.yaml")
        let replan = Self.replan(builders)
        try carryOut(
            machine.up(
                plans,
                file: file,
                replan: { $1.keys.contains { $0 == kept } ? nil : replan($0, $1) },
                replace: true,
                at: now
            )
        )
    }

    mutating func wish(_ change: (inout DeploymentMachine, Duration) -> [DeploymentMachine.Action]) throws {
        try carryOut(change(&machine, now))
    }

    /// A wish that may be refused.
    mutating func attempt(
        _ change: (inout DeploymentMachine, Duration) throws(DeploymentMachine.Refusal) -> [DeploymentMachine.Action]
    ) throws {
        let actions = try change(&machine, now)
        try carryOut(actions)
    }

    /// The daemon dies and comes back with nothing but what it has written down.
    mutating func crash() throws {
        var record = DeploymentRecord(name: "sim")
        for entry in journal { record.apply(entry.event, at: entry.at) }
        #expect(record == machine.record, "what was written down does not give what was known")
        queue = []
        machine = Self.machine(record, builders, at: now)
        contact()
        try carryOut(machine.begin(at: now))
    }

    /// Somebody stops units through the node script, and nobody here is told.
    mutating func stopByHand(_ ranks: [NodeRank], of replica: Int = 0) throws {
        let plan = try #require(machine.replicas[replica]?.plan)
        for rank in ranks {
            let name = try #require(plan.unit(rank)?.node.name)
            let live = try #require(world.nodes[name]?.live(rank))
            _ = world.stop([(live.generation, rank)], on: name)
        }
    }

    mutating func cut(_ node: String, for span: Duration) {
        guard world.nodes[node]?.isCut == false else { return }
        world.nodes[node]?.isCut = true
        push(.node(node, .silent(for: .seconds(5), "cut")), after: .seconds(5))
        cuts[node] = now + span
    }

    private var cuts: [String: Duration] = [:]

    mutating func heal() {
        for node in cuts.keys { cuts[node] = now }
        isHanging = false
    }

    mutating func kill(_ rank: NodeRank, of replica: Int = 0, status: Int) {
        guard let node = machine.replicas[replica]?.plan.unit(rank)?.node.name,
            let generation = world.kill(rank, on: node, status: status)
        else { return }
        tell(.ended(rank, .exited(status: status)), of: replica, generation, from: node)
    }

    mutating func reboot(_ node: String) {
        let live = world.nodes[node]?.units.filter(\.isAlive) ?? []
        world.reboot(node)
        world.nodes[node]?.isCut = true
        cuts[node] = now + .seconds(60)
        push(.node(node, .silent(for: .seconds(1), "reset")), after: .milliseconds(100))
        for unit in live { lostUnits[node, default: []].append((unit.generation, unit.rank)) }
    }

    private var lostUnits: [String: [(Int, NodeRank)]] = [:]

    mutating func loseWorker(_ rank: NodeRank, of replica: Int = 0) {
        guard let node = machine.replicas[replica]?.plan.unit(rank)?.node.name,
            let index = world.nodes[node]?.units.lastIndex(where: { $0.rank == rank && $0.isAlive }),
            let generation = world.nodes[node]?.units[index].generation
        else { return }
        world.nodes[node]?.units[index].hasLostWorker = true
        tell(.workersMissing(rank, [GlobalRank(rank.value)]), of: replica, generation, from: node)
    }

    // MARK: Time

    /// Lets time pass to the next thing that happens; a tick, if nothing else.
    mutating func step() throws {
        let tick = now + .milliseconds(500)
        for (node, due) in cuts where due <= now { reconnect(node) }
        guard
            let next = queue.enumerated().min(by: {
                ($0.element.due, $0.element.order) < ($1.element.due, $1.element.order)
            }),
            next.element.due <= tick
        else {
            now = tick
            try carryOut(machine.on(.tick, at: now))
            return
        }
        now = max(now, next.element.due)
        queue.remove(at: next.offset)
        // The rendezvous closes only when all are there, and a cut may be over before anybody notices.
        if case .node(let node, .silent) = next.element.event, world.nodes[node]?.isCut == false { return }
        if case .gang(let replica, let generation, .signal(_, let signal), _) = next.element.event,
            signal.phase > .rendezvous, let plan = machine.replicas[replica]?.plan, !world.isWhole(plan, generation)
        {
            return
        }
        try carryOut(machine.on(next.element.event, at: now))
    }

    mutating func run(
        for span: Duration,
        until isDone: (SimulatedDeployment) -> Bool = { _ in false },
        each: (inout SimulatedDeployment) -> Void = { _ in }
    ) throws {
        let end = now + span
        while now < end, !isDone(self) {
            try step()
            each(&self)
        }
    }

    private mutating func reconnect(_ node: String) {
        cuts[node] = nil
        world.nodes[node]?.isCut = false
        push(.node(node, .heard(boot: "\(world.nodes[node]?.boot ?? 0)")), after: .milliseconds(20))
        // The watch tells again what became of the units it follows.
        for (generation, rank) in lostUnits.removeValue(forKey: node) ?? [] {
            let replica = replica(of: rank, on: node)
            push(
                .gang(replica: replica, generation: generation, .ended(rank, .lost), evidence: []),
                after: .milliseconds(40)
            )
        }
        for unit in world.nodes[node]?.units ?? [] where !unit.isAlive {
            push(
                .gang(
                    replica: replica(of: unit.rank, on: node),
                    generation: unit.generation,
                    .ended(unit.rank, .exited(status: unit.status)),
                    evidence: []
                ),
                after: .milliseconds(40)
            )
        }
    }

    private mutating func contact() {
        for (name, node) in world.nodes.sorted(by: { $0.key < $1.key }) where !node.isCut {
            push(.node(name, .heard(boot: "\(node.boot)")), after: .milliseconds(30))
        }
    }

    private mutating func push(_ event: DeploymentMachine.Event, after pause: Duration) {
        order += 1
        queue.append((due: now + pause, order: order, event: event))
    }

    /// News from a node; nothing while it is cut off.
    private mutating func tell(_ event: GangMachine.Event, of replica: Int, _ generation: Int, from node: String) {
        guard world.nodes[node]?.isCut == false else { return }
        push(.gang(replica: replica, generation: generation, event, evidence: ["a line"]), after: .milliseconds(10))
    }

    /// Whose unit this is on a node, as it is found when a node tells something.
    private func replica(of rank: NodeRank, on node: String) -> Int {
        machine.replicas.first { $0.value.plan.unit(rank)?.node.name == node }?.key ?? 0
    }

    // MARK: Carrying out

    private mutating func carryOut(_ actions: [DeploymentMachine.Action]) throws {
        for action in actions { try carryOut(action) }
    }

    private mutating func carryOut(_ action: DeploymentMachine.Action) throws {
        switch action {
        case .record(let event):
            journal.append((event, Self.epoch + now.milliseconds))
        case .observe(let index):
            guard let plan = machine.replicas[index]?.plan else { return }
            push(.observed(replica: index, world.observation(plan)), after: .milliseconds(50))
        case .measure(let index):
            let units = machine.replicas[index]?.plan.units ?? []
            let readings = units.filter { world.nodes[$0.node.name]?.isCut == false }.map {
                ($0.nodeRank, MemoryReading.gpus(used: [10], total: [46_000], holders: []))
            }
            push(
                .measured(replica: index, Dictionary(uniqueKeysWithValues: readings)),
                after: .milliseconds(80)
            )
        case .start(let index, let generation, let units):
            let plan = try #require(machine.replicas[index]?.plan)
            // An intent is written down before anything is done about it.
            #expect(machine.record.replica(index).generation == generation)
            for unit in units { start(unit, index, generation, plan) }
        case .stop(let index, let generation, let unit, let also, _):
            let node = machine.replicas[index]?.gang?.plan.unit(unit)?.node.name ?? ""
            let names =
                [(generation: generation, rank: unit)] + also.map { (generation: $0.generation, rank: $0.nodeRank) }
            let event: GangMachine.Event
            if world.stop(names, on: node) {
                event = .stopped(unit, left: Int.random(in: 0..<50, using: &random) == 0 ? ["a process"] : [])
            } else {
                event = .stopFailed(unit, "cut")
            }
            push(
                .gang(replica: index, generation: generation, event, evidence: []),
                after: .milliseconds(Int.random(in: 50...900, using: &random))
            )
        case .probe(let index, let generation, let layer): probe(layer, generation, index)
        // Nodes of this world have no GPUs to look at.
        case .measureUnits: break
        case .evict(let node, let generation):
            if world.evict(generation, on: node) {
                push(.evicted(node: node, left: []), after: .milliseconds(60))
            } else {
                push(.evictionFailed(node: node), after: .seconds(1))
            }
        case .replanned:
            // Nodes that a file has brought along are connected to.
            for (name, node) in world.nodes.sorted(by: { $0.key < $1.key }) where !node.isCut {
                guard case .unknown? = machine.nodes[name]?.state else { continue }
                push(.node(name, .heard(boot: "\(node.boot)")), after: .milliseconds(30))
            }
        }
    }

    private mutating func start(_ unit: NodeRank, _ replica: Int, _ generation: Int, _ plan: LaunchPlan) {
        guard let node = plan.unit(unit)?.node.name else { return }
        let event: GangMachine.Event
        switch world.start(unit, generation, on: node) {
        case .started: event = .started(unit)
        case .refused(let reason): event = .refused(unit, reason)
        case .unreachable: event = .refused(unit, "cut")
        case .stale(let highest):
            push(.stale(replica: replica, generation: generation, highest: highest), after: .milliseconds(40))
            event = .refused(unit, "stale")
        }
        push(.gang(replica: replica, generation: generation, event, evidence: []), after: .milliseconds(90))
        guard case .started = event else { return }
        let phases: [Phase] = [.rendezvous, .connected, .weights, .loaded, .initialized]
        for (index, phase) in phases.enumerated() {
            guard let signal = try? plan.line(phase, rank: unit.value) else { continue }
            push(
                .gang(replica: replica, generation: generation, .signal(unit, signal), evidence: []),
                after: .seconds(2 + index * 3)
            )
        }
        if unit.value == 0, let line = try? plan.httpLine() {
            push(
                .gang(replica: replica, generation: generation, .signal(unit, line), evidence: []),
                after: .seconds(25)
            )
        }
    }

    private mutating func probe(_ layer: ReadinessLayer, _ generation: Int, _ index: Int) {
        guard let plan = machine.replicas[index]?.gang?.plan else { return }
        let isHeadCut = world.nodes[plan.units[0].node.name]?.isCut ?? true
        // A token takes every rank and the network between them.
        let isCut = plan.units.contains { world.nodes[$0.node.name]?.isCut ?? true }
        let works = world.isWhole(plan, generation) && !isHanging && !(layer == .generation && isCut)
        let event: GangMachine.Event =
            if isHeadCut {
                .unanswered(layer, "no connection", reachedEngine: false)
            } else if works || layer == .workers && world.isWhole(plan, generation) {
                .answered(layer)
            } else {
                .unanswered(layer, "no answer", reachedEngine: true)
            }
        let pause: Duration = works ? .milliseconds(40) : .seconds(5)
        push(.gang(replica: index, generation: generation, event, evidence: []), after: pause)
    }
}
