/// The times of the runs of one piece of work, in milliseconds.
struct Laps {
    private(set) var wall: [Double] = []
    private(set) var processor: [Double] = []

    mutating func measure<Value: Sendable>(_ work: () async -> Value) async -> Value {
        let (began, used) = (ContinuousClock.now, ProcessUsage.now.processor)
        let value = await work()
        add(began, used)
        return value
    }

    mutating func measure<Value>(_ work: () -> Value) -> Value {
        let (began, used) = (ContinuousClock.now, ProcessUsage.now.processor)
        let value = work()
        add(began, used)
        return value
    }

    private mutating func add(_ began: ContinuousClock.Instant, _ used: Duration) {
        wall.append(rounded(milliseconds(.now - began)))
        processor.append(rounded(milliseconds(ProcessUsage.now.processor - used)))
    }
}
