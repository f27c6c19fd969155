extension MetricFamily {
    /// The family in the text exposition format 0.0.4, with its series in a stable order.
    var text: String {
        var text = "# HELP \(name) \(Self.escaped(help))\n# TYPE \(name) \(typeWord)\n"
        for (values, sample) in series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let pairs = Array(zip(labels, values))
            switch kind {
            case .counter, .gauge: text += line(name, pairs, Self.number(sample.value))
            case .histogram(let bounds): text += histogram(sample, bounds, pairs)
            }
        }
        return text
    }

    private var typeWord: String {
        switch kind {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }

    private func histogram(_ sample: Sample, _ bounds: [Double], _ pairs: [(String, String)]) -> String {
        var text = ""
        var count: UInt64 = 0
        for (bound, own) in zip(bounds + [.infinity], sample.buckets) {
            count += own
            text += line(name + "_bucket", pairs + [("le", Self.number(bound))], String(count))
        }
        text += line(name + "_sum", pairs, Self.number(sample.value))
        return text + line(name + "_count", pairs, String(count))
    }

    private func line(_ name: String, _ pairs: [(String, String)], _ value: String) -> String {
        guard !pairs.isEmpty else { return "\(name) \(value)\n" }
        let labels = pairs.map { "\($0.0)=\"\(Self.escaped($0.1, quotes: true))\"" }
        return "\(name){\(labels.joined(separator: ","))} \(value)\n"
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool = false) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
