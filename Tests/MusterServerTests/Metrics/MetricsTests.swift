import MusterMetrics
import MusterTesting
import Testing

@Suite("Metrics")
struct MetricsTests {
    @Test("the exposition is the recorded one")
    func golden() {
        let registry = MetricsRegistry()
        let restarts = registry.counter("muster_restarts_total", "Restarts.", labels: ["deployment", "scope"])
        restarts.add(1, "llm", "gang")
        restarts.add(2, "llm", "auto")
        restarts.add(1, "a \"b\" \\ \n", "gang")
        let units = registry.gauge("muster_units", "Units by state.\nOr \\ so.", labels: ["state"])
        units.set(3, "ready")
        units.set(1, "gone")
        units.add(-0.5, "ready")
        units.remove("gone")
        _ = registry.counter("muster_quiet_total", "Nothing yet.")
        let times = registry.histogram("muster_ready_seconds", "Time to ready.", bounds: [0.5, 10], labels: ["engine"])
        for value in [0.1, 0.5, 0.6, 11] { times.observe(value, "vllm") }
        let odd = registry.gauge("muster_odd", "Odd.", labels: ["value"])
        for value in [Double.nan, .infinity, -.infinity] { odd.set(value, "\(value)") }
        expectGolden(registry.text, "metrics")
    }

    @Test("asking twice gives the same numbers")
    func same() {
        let registry = MetricsRegistry()
        registry.counter("a_total", "A.").add()
        registry.counter("a_total", "A.").add()
        #expect(registry.text.contains("a_total 2\n"))
    }

    @Test("what comes after the limit is counted together")
    func bounded() {
        let registry = MetricsRegistry()
        let counter = registry.counter("a_total", "A.", labels: ["name"], limit: 10)
        for number in 0..<1000 { counter.add(1, "n\(number)") }
        counter.add(1, "n3")
        let lines = registry.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count == 11)
        #expect(lines.contains(#"a_total{name="other"} 990"#))
        #expect(lines.contains(#"a_total{name="n3"} 2"#))
    }

    @Test("nothing is lost between many who count at once")
    func concurrent() async {
        let registry = MetricsRegistry()
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    let counter = registry.counter("a_total", "A.")
                    for _ in 0..<1000 { counter.add() }
                }
            }
        }
        #expect(registry.text.contains("a_total 8000\n"))
    }
}
