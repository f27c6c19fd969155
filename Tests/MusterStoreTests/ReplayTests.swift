import MusterStore
import MusterTesting
import Testing

@Suite("Replay and retention")
struct ReplayTests {
    /// The fold of a whole life, kept beside the store by the test.
    private typealias Lives = [String: String]

    @Test("the state is what a replay from the baseline gives, whatever was pruned", arguments: 0..<6)
    func replayed(seed: Int) async throws {
        var random = SeededRandom(seed: UInt64(seed))
        let store = try EventStore(inMemory: ())
        var lives = Lives()
        var clock: Int64 = 0
        for _ in 0..<120 {
            if Int.random(in: 0..<4, using: &random) == 0 {
                let count = Int.random(in: 0..<30, using: &random)
                let time = clock - .random(in: -5..<60, using: &random)
                try await store.prune(keepingNewest: count, olderThan: time, fold: Ledger.fold)
            } else {
                let batch = (0..<Int.random(in: 1..<9, using: &random)).map { _ in
                    clock += .random(in: -3..<6, using: &random)
                    return NewEvent.sample(["a", "b", "c"].randomElement(using: &random) ?? "a", "\(clock)", at: clock)
                }
                try await append(batch, to: store, &lives)
            }
            for (deployment, body) in lives {
                #expect(try await store.replay(deployment, fold: Ledger.fold)?.body == body)
            }
        }
        #expect(try await store.states().map(\.body) == lives.sorted { $0.key < $1.key }.map(\.value))
        #expect(try await store.everything().count < 500)
    }

    /// Numbers are given by the store, so the events are recorded first and their fold right after.
    private func append(_ events: [NewEvent], to store: EventStore, _ lives: inout Lives) async throws {
        let stored = try await store.append(events)
        for (deployment, own) in Dictionary(grouping: stored, by: \.event.deployment) {
            lives[deployment] = try Ledger.fold(lives[deployment], own)
        }
        try await store.append([], state: lives)
    }

    @Test("the newest events and the young ones stay")
    func kept() async throws {
        let store = try EventStore(inMemory: ())
        try await store.append((1...10).map { .sample("a", at: $0 * 100) }, state: ["a": "x"])
        #expect(try await store.prune(keepingNewest: 2, olderThan: 501, fold: Ledger.fold) == 5)
        #expect(try await store.everything().map(\.id) == [6, 7, 8, 9, 10])
        #expect(try await store.prune(keepingNewest: 4, olderThan: .max, fold: Ledger.fold) == 1)
        #expect(try await store.prune(keepingNewest: 20, olderThan: .max, fold: Ledger.fold) == 0)
        #expect(try await store.baseline(of: "a")?.through == 6)
    }

    @Test("an event goes only with all before it, whatever its clock said")
    func order() async throws {
        let store = try EventStore(inMemory: ())
        try await store.append([100, 900, 100, 100].map { .sample("a", at: $0) }, state: ["a": "x"])
        #expect(try await store.prune(keepingNewest: 0, olderThan: 500, fold: Ledger.fold) == 1)
        #expect(try await store.everything().map(\.id) == [2, 3, 4])
    }

    @Test("an event that the state does not have yet stays")
    func behind() async throws {
        let store = try EventStore(inMemory: ())
        try await store.append([.sample("a"), .sample("a")], state: ["a": "x"])
        try await store.append([.sample("a")])
        #expect(try await store.prune(keepingNewest: 0, olderThan: .max, fold: Ledger.fold) == 2)
        #expect(try await store.everything().map(\.id) == [3])
    }

    @Test("a fold that fails leaves everything as it was")
    func failing() async throws {
        struct Unreadable: Error {}
        let store = try EventStore(inMemory: ())
        let stored = try await store.append([.sample("a"), .sample("a")])
        await #expect(throws: StoreError.self) {
            try await store.prune(keepingNewest: 0, olderThan: .max) { _, _ in throw Unreadable() }
        }
        #expect(try await store.everything() == stored)
        #expect(try await store.baseline(of: "a") == nil)
    }

    @Test("a pruned store still knows through which event a fold is")
    func prunedThrough() async throws {
        let store = try EventStore(inMemory: ())
        try await store.append([.sample("a"), .sample("a")], state: ["a": "x"])
        try await store.prune(keepingNewest: 0, olderThan: .max, fold: Ledger.fold)
        try await store.append([], state: ["a": "y"])
        #expect(try await store.states() == [StoredFold(deployment: "a", through: 2, body: "y")])
    }
}
