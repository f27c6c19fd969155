/// The times of the runs of one piece of work, in milliseconds.
struct Laps {
    private(set) var wall: [Double] = []
    private(set) var processor: [Double] = []

    mutating func measure<Value: Sendable>(_ work: () async -> Value) async -> Value {
        let (began, used) = (ContinuousClock.now, ProcessUsage.now.processor)
        let value = await work()
        wall.append(rounded(milliseconds(.now - began)))
        processor.append(rounded(milliseconds(ProcessUsage.now.processor - used)))
        return value
    }
}
