/// What a metric's numbers mean, as the exposition names it.
enum MetricKind: Hashable, Sendable {
    /// Only rises.
    case counter
    case gauge
    /// Counts by upper bounds, in rising order.
    case histogram(bounds: [Double])
}

/// All series of one name.
struct MetricFamily: Sendable {
    /// One series' numbers.
    struct Sample: Sendable {
        var value = 0.0
        /// For a histogram: how many observations each bucket alone got, the last one those above all bounds.
        var buckets: [UInt64] = []
    }

    let name: String
    let help: String
    let kind: MetricKind
    let labels: [String]
    /// So many series at most: whatever names them, memory and the exposition stay bounded.
    let limit: Int
    var series: [[String]: Sample] = [:]

    /// Changes one series, or the one that stands for all that came after the limit.
    mutating func update(_ values: [String], _ change: (inout Sample) -> Void) {
        assert(values.count == labels.count, "\(name) has labels \(labels)")
        let isKnown = series[values] != nil || series.count < limit
        let key = isKnown ? values : [String](repeating: "other", count: labels.count)
        var sample = series[key] ?? empty
        change(&sample)
        series[key] = sample
    }

    private var empty: Sample {
        guard case .histogram(let bounds) = kind else { return Sample() }
        return Sample(buckets: [UInt64](repeating: 0, count: bounds.count + 1))
    }
}
