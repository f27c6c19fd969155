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
    private let plan: LaunchPlan
    private let builder: PlanBuilder
    private var queue: [(due: Duration, order: Int, event: DeploymentMachine.Event)] = []
    private var order = 0
    private(set) var random: SeededRandom
    static let epoch = 1_700_000_000_000

    init(_ plan: LaunchPlan, _ builder: PlanBuilder, seed: UInt64) {
        self.plan = plan
        self.builder = builder
        random = SeededRandom(seed: seed)
        world = SimulatedNodes(plan.units.map(\.node.name) + plan.spares.map(\.name))
        machine = Self.machine(DeploymentRecord(name: "sim"), plan, builder, at: .zero)
        contact()
    }

    private static func machine(
        _ record: DeploymentRecord,
        _ plan: LaunchPlan,
        _ builder: PlanBuilder,
        at now: Duration
    ) -> DeploymentMachine {
        DeploymentMachine(record, plans: [plan], epoch: epoch, at: now, replan: replan(builder))
    }

    private static func replan(_ builder: PlanBuilder) -> DeploymentMachine.Replan {
        { _, substitutes in builder.build(replacing: substitutes) }
    }

    var state: ReplicaRecord.State { machine.record.replica(0).state }
    var isReady: Bool { if case .ready = state { true } else { false } }
    /// Ready, with every unit where it belongs.
    var isWell: Bool {
        guard case .ready(let generation) = state, let plan = machine.replicas[0]?.plan else { return false }
        return world.isWhole(plan, generation)
    }
    var isFailed: Bool { if case .failed = state { true } else { false } }

    // MARK: Wishes and faults

    mutating func up() throws {
        let file = FileReference(hash: "f", path: "sim.yaml")
        try carryOut(machine.up([plan], file: file, replan: Self.replan(builder), replace: true, at: now))
    }

    mutating func wish(_ change: (inout DeploymentMachine, Duration) -> [DeploymentMachine.Action]) throws {
        try carryOut(change(&machine, now))
    }

    /// The daemon dies and comes back with nothing but what it has written down.
    mutating func crash() throws {
        var record = DeploymentRecord(name: "sim")
        for entry in journal { record.apply(entry.event, at: entry.at) }
        #expect(record == machine.record, "what was written down does not give what was known")
        queue = []
        machine = Self.machine(record, plan, builder, at: now)
        contact()
        try carryOut(machine.begin(at: now))
    }

    /// Somebody stops units through the node script, and nobody here is told.
    mutating func stopByHand(_ ranks: [NodeRank]) throws {
        let plan = try #require(machine.replicas[0]?.plan)
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

    mutating func kill(_ rank: NodeRank, status: Int) {
        guard let node = machine.replicas[0]?.plan.unit(rank)?.node.name,
            let generation = world.kill(rank, on: node, status: status)
        else { return }
        tell(.ended(rank, .exited(status: status)), generation, from: node)
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

    mutating func loseWorker(_ rank: NodeRank) {
        guard let node = machine.replicas[0]?.plan.unit(rank)?.node.name,
            let index = world.nodes[node]?.units.lastIndex(where: { $0.rank == rank && $0.isAlive }),
            let generation = world.nodes[node]?.units[index].generation
        else { return }
        world.nodes[node]?.units[index].hasLostWorker = true
        tell(.workersMissing(rank, [GlobalRank(rank.value)]), generation, from: node)
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
        if case .gang(_, let generation, .signal(_, let signal), _) = next.element.event, signal.phase > .rendezvous,
            let plan = machine.replicas[0]?.plan, !world.isWhole(plan, generation)
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
            push(
                .gang(replica: 0, generation: generation, .ended(rank, .lost), evidence: []),
                after: .milliseconds(40)
            )
        }
        for unit in world.nodes[node]?.units ?? [] where !unit.isAlive {
            push(
                .gang(
                    replica: 0,
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
    private mutating func tell(_ event: GangMachine.Event, _ generation: Int, from node: String) {
        guard world.nodes[node]?.isCut == false else { return }
        push(.gang(replica: 0, generation: generation, event, evidence: ["a line"]), after: .milliseconds(10))
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
            for unit in units { start(unit, generation, plan) }
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
        case .evict(let node, let generation):
            if world.evict(generation, on: node) {
                push(.evicted(node: node, left: []), after: .milliseconds(60))
            } else {
                push(.evictionFailed(node: node), after: .seconds(1))
            }
        case .replanned: break
        }
    }

    private mutating func start(_ unit: NodeRank, _ generation: Int, _ plan: LaunchPlan) {
        guard let node = plan.unit(unit)?.node.name else { return }
        let event: GangMachine.Event
        switch world.start(unit, generation, on: node) {
        case .started: event = .started(unit)
        case .refused(let reason): event = .refused(unit, reason)
        case .unreachable: event = .refused(unit, "cut")
        case .stale(let highest):
            push(.stale(replica: 0, generation: generation, highest: highest), after: .milliseconds(40))
            event = .refused(unit, "stale")
        }
        push(.gang(replica: 0, generation: generation, event, evidence: []), after: .milliseconds(90))
        guard case .started = event else { return }
        let phases: [Phase] = [.rendezvous, .connected, .weights, .loaded, .initialized]
        for (index, phase) in phases.enumerated() {
            guard let signal = try? plan.line(phase, rank: unit.value) else { continue }
            push(
                .gang(replica: 0, generation: generation, .signal(unit, signal), evidence: []),
                after: .seconds(2 + index * 3)
            )
        }
        if unit.value == 0, let line = try? plan.httpLine() {
            push(.gang(replica: 0, generation: generation, .signal(unit, line), evidence: []), after: .seconds(25))
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
