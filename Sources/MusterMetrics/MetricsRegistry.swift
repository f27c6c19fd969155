import Synchronization

/// All metrics of the process, in memory until somebody reads them.
///
/// Labels are bounded by what they may name: a deployment, a node, a route, a status; never a process number, a path or
/// the text of an error. A limit for each family holds also where that is forgotten.
package final class MetricsRegistry: Sendable {
    private let families = Mutex<[String: MetricFamily]>([:])

    package init() {}

    /// A number that only rises.
    ///
    /// - Parameters:
    ///   - name: Ends in `_total`.
    ///   - help: One sentence.
    ///   - labels: What tells its series apart.
    ///   - limit: So many series at most; what comes later is counted together as `other`.
    /// - Returns: The counter; asking a second time gives the same one.
    package func counter(_ name: String, _ help: String, labels: [String] = [], limit: Int = 500) -> MetricCounter {
        register(MetricFamily(name: name, help: help, kind: .counter, labels: labels, limit: limit))
        return MetricCounter(name: name, registry: self)
    }

    /// A number that rises and falls.
    ///
    /// - Parameters:
    ///   - name: With its unit, such as `_bytes`.
    ///   - help: One sentence.
    ///   - labels: What tells its series apart.
    ///   - limit: So many series at most.
    /// - Returns: The gauge; asking a second time gives the same one.
    package func gauge(_ name: String, _ help: String, labels: [String] = [], limit: Int = 500) -> MetricGauge {
        register(MetricFamily(name: name, help: help, kind: .gauge, labels: labels, limit: limit))
        return MetricGauge(name: name, registry: self)
    }

    /// How observations are spread.
    ///
    /// - Parameters:
    ///   - name: With its unit, such as `_seconds`.
    ///   - help: One sentence.
    ///   - bounds: Upper bounds of the buckets, rising.
    ///   - labels: What tells its series apart.
    ///   - limit: So many series at most.
    /// - Returns: The histogram; asking a second time gives the same one.
    package func histogram(
        _ name: String,
        _ help: String,
        bounds: [Double],
        labels: [String] = [],
        limit: Int = 500
    ) -> MetricHistogram {
        let kind = MetricKind.histogram(bounds: bounds)
        register(MetricFamily(name: name, help: help, kind: kind, labels: labels, limit: limit))
        return MetricHistogram(name: name, bounds: bounds, registry: self)
    }

    /// Everything in the text exposition format 0.0.4, by name.
    package var text: String {
        let all = families.withLock { Array($0.values) }
        return all.sorted { $0.name < $1.name }.map(\.text).joined()
    }

    /// A family without labels is there from the beginning, so that its first rise can be seen.
    private func register(_ family: MetricFamily) {
        families.withLock { families in
            let known = families[family.name]
            assert(known == nil || known?.kind == family.kind && known?.labels == family.labels, family.name)
            guard known == nil else { return }
            var family = family
            if family.labels.isEmpty { family.update([]) { _ in } }
            families[family.name] = family
        }
    }

    func update(_ name: String, _ values: [String], _ change: (inout MetricFamily.Sample) -> Void) {
        families.withLock { $0[name]?.update(values, change) }
    }

    func remove(_ name: String, _ values: [String]) {
        families.withLock { _ = $0[name]?.series.removeValue(forKey: values) }
    }
}
