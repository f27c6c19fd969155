/// A number that only rises.
package struct MetricCounter: Sendable {
    let name: String
    let registry: MetricsRegistry

    /// - Parameters:
    ///   - amount: Not negative.
    ///   - labels: The series, a value for each label in order.
    package func add(_ amount: Double = 1, _ labels: String...) {
        assert(amount >= 0, "\(name) only rises")
        registry.update(name, labels) { $0.value += amount }
    }
}

/// A number that rises and falls.
package struct MetricGauge: Sendable {
    let name: String
    let registry: MetricsRegistry

    /// - Parameters:
    ///   - value: The number from now on.
    ///   - labels: The series, a value for each label in order.
    package func set(_ value: Double, _ labels: String...) { registry.update(name, labels) { $0.value = value } }

    /// - Parameters:
    ///   - amount: By how much it rises, or falls where it is negative.
    ///   - labels: The series, a value for each label in order.
    package func add(_ amount: Double, _ labels: String...) { registry.update(name, labels) { $0.value += amount } }

    /// Takes a series away whose subject is gone.
    ///
    /// - Parameter labels: The series, a value for each label in order.
    package func remove(_ labels: String...) { registry.remove(name, labels) }
}

/// How observations are spread.
package struct MetricHistogram: Sendable {
    let name: String
    let bounds: [Double]
    let registry: MetricsRegistry

    /// - Parameters:
    ///   - value: One observation.
    ///   - labels: The series, a value for each label in order.
    package func observe(_ value: Double, _ labels: String...) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        registry.update(name, labels) { sample in
            sample.value += value
            sample.buckets[bucket] += 1
        }
    }
}
