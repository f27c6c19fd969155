/// Doing one thing on many nodes at once, a bounded number at a time.
package enum FanOut {
    /// Enough to hide the latency of a few hundred nodes; starts are limited per next hop below this.
    package static let width = 64

    /// The results of all items, in their order.
    package static func map<Item: Sendable, Value: Sendable>(
        _ items: [Item],
        width: Int = FanOut.width,
        _ work: @escaping @Sendable (Item) async -> Value
    ) async -> [Value] {
        await withTaskGroup(of: (Int, Value).self) { group in
            var results: [Value?] = Array(repeating: nil, count: items.count)
            var next = 0
            func startOne() {
                guard next < items.count else { return }
                let index = next
                next += 1
                let item = items[index]
                group.addTask { (index, await work(item)) }
            }
            for _ in 0..<min(max(1, width), items.count) { startOne() }
            for await (index, value) in group {
                results[index] = value
                startOne()
            }
            return results.compactMap { $0 }
        }
    }
}
