import MusterMetrics
import MusterRuntime
import MusterSpec
import MusterSupervision

/// What the daemon counts. Labels name deployments, nodes, codes and kinds: all of them few.
struct DaemonMetrics: Sendable {
    let registry: MetricsRegistry
    private let restarts: MetricCounter
    private let failures: MetricCounter
    private let events: MetricCounter
    private let ready: MetricGauge
    private let generation: MetricGauge
    private let reachable: MetricGauge
    private let startSeconds: MetricHistogram

    init(_ registry: MetricsRegistry) {
        self.registry = registry
        restarts = registry.counter(
            "muster_restarts_total",
            "Restarts after a failure.",
            labels: ["deployment"]
        )
        failures = registry.counter(
            "muster_failures_total",
            "First causes, by their diagnostic code.",
            labels: ["deployment", "code"]
        )
        events = registry.counter("muster_events_total", "Events written down.", labels: ["kind"])
        ready = registry.gauge("muster_ready", "1 while a replica is ready.", labels: ["deployment", "replica"])
        generation = registry.gauge("muster_generation", "The newest generation.", labels: ["deployment"])
        reachable = registry.gauge("muster_node_reachable", "1 while a node answers.", labels: ["deployment", "node"])
        startSeconds = registry.histogram(
            "muster_start_seconds",
            "From launch to ready.",
            bounds: [5, 15, 30, 60, 120, 300, 600, 1200, 2400, 4800],
            labels: ["deployment"]
        )
    }

    func count(_ event: DeploymentEvent, _ name: DeploymentName) {
        events.add(1, event.kind)
        switch event {
        case .restartPlanned: restarts.add(1, name.value)
        case .fencing(_, _, let cause) where !cause.isWish: failures.add(1, name.value, cause.code)
        case .ready(_, _, let after, _): startSeconds.observe(Double(after) / 1000, name.value)
        default: break
        }
    }

    /// Gauges as of now.
    func set(_ record: DeploymentRecord, nodes: [String: NodeMachine]) {
        generation.set(Double(record.generation), record.name)
        for (index, replica) in record.replicas {
            let isReady = if case .ready = replica.state { 1.0 } else { 0.0 }
            ready.set(isReady, record.name, String(index))
        }
        for (node, machine) in nodes { reachable.set(machine.isReachable ? 1 : 0, record.name, node) }
    }
}
