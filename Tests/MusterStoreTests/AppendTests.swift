import MusterStore
import Testing

@Suite("Appending and reading")
struct AppendTests {
    @Test("events get rising numbers and come back as they were")
    func numbers() async throws {
        let store = try EventStore(inMemory: ())
        let events = (0..<3).map { NewEvent.sample("llm", #"{"n":\#($0)}"#, at: 1_700_000_000_123 + $0) }
        let stored = try await store.append(events)
        #expect(stored.map(\.id) == [1, 2, 3])
        #expect(stored.map(\.event) == events)
        #expect(try await store.everything() == stored)
    }

    @Test("a page begins after the given event and ends at the limit")
    func pages() async throws {
        let store = try EventStore(inMemory: ())
        try await store.append((0..<10).map { .sample($0 % 2 == 0 ? "a" : "b") })
        #expect(try await store.events(after: 3, limit: 4).map(\.id) == [4, 5, 6, 7])
        #expect(try await store.events(after: 3, deployment: "a", limit: 2).map(\.id) == [5, 7])
        #expect(try await store.events(after: 10, limit: 4).isEmpty)
        #expect(try await store.newest(count: 3).map(\.id) == [8, 9, 10])
        #expect(try await store.newest(deployment: "b", count: 2).map(\.id) == [8, 10])
        #expect(try await store.newest(before: 8, deployment: "b", count: 2).map(\.id) == [4, 6])
        #expect(try await store.newest(before: 1, count: 2).isEmpty)
        #expect(try await store.newest(deployment: "c", count: 2).isEmpty)
    }

    @Test("a fold is through the newest event of its own deployment")
    func through() async throws {
        let store = try EventStore(inMemory: ())
        try await store.append([.sample("a"), .sample("b"), .sample("a"), .sample("b")], state: ["a": "A"])
        try await store.append([.sample("a")], state: ["b": "B"])
        try await store.append([], state: ["c": "C"])
        #expect(
            try await store.states() == [
                StoredFold(deployment: "a", through: 3, body: "A"),
                StoredFold(deployment: "b", through: 4, body: "B"),
                StoredFold(deployment: "c", through: 0, body: "C"),
            ]
        )
    }

    @Test("a cancelled task still records what it was told to")
    func cancelled() async throws {
        let store = try EventStore(inMemory: ())
        try await withThrowingTaskGroup { group in
            group.addTask {
                while !Task.isCancelled { await Task.yield() }
                try await store.append([.sample("a")])
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(try await store.everything().count == 1)
    }

    @Test("forgetting removes one deployment and gives none of its numbers again")
    func forgetting() async throws {
        let store = try EventStore(inMemory: ())
        try await store.append([.sample("a"), .sample("b"), .sample("a")], state: ["a": "A", "b": "B"])
        try await store.prune(keepingNewest: 1, olderThan: .max, fold: Ledger.fold)
        try await store.forget("a")
        #expect(try await store.everything().map(\.event.deployment) == ["b"])
        #expect(try await store.states().map(\.deployment) == ["b"])
        #expect(try await store.baseline(of: "a") == nil)
        #expect(try await store.append([.sample("a")]).map(\.id) == [4])
    }

    @Test("a document is kept once under its hash, byte for byte")
    func documents() async throws {
        let store = try EventStore(inMemory: ())
        let bytes = (0...255).map(UInt8.init)
        try await store.put(bytes, hash: "h")
        try await store.put([1], hash: "h")
        try await store.put([], hash: "empty")
        #expect(try await store.document("h") == bytes)
        #expect(try await store.document("empty") == [])
        #expect(try await store.document("other") == nil)
        #expect(try await store.removeDocuments(except: ["h", "other"]) == 1)
        #expect(try await store.document("h") == bytes)
        #expect(try await store.document("empty") == nil)
    }

    @Test("text comes back with every character it had")
    func text() async throws {
        let store = try EventStore(inMemory: ())
        let text = "\u{1F680} e\u{301} '; DROP TABLE event; -- \n"
        try await store.append([.sample(text, text)], state: [text: text])
        #expect(try await store.everything().first?.event == .sample(text, text))
        #expect(try await store.states().first?.body == text)
    }
}
