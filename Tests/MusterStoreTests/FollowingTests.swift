import MusterStore
import MusterTesting
import Testing

@Suite("Following events")
struct FollowingTests {
    @Test("everyone who follows gets every event once and in order, however they and the writers interleave")
    func everyone() async throws {
        let store = try EventStore(inMemory: ())
        let (writers, batches, followers) = (4, 25, 20)
        let total = writers * batches * 2
        try await withThrowingTaskGroup { group in
            for _ in 0..<followers {
                group.addTask {
                    var ids: [Int64] = []
                    while ids.count < total {
                        let newest = await store.newestEvent(after: ids.last ?? 0)
                        while (ids.last ?? 0) < newest {
                            ids += try await store.events(after: ids.last ?? 0, limit: 7).map(\.id)
                        }
                    }
                    #expect(ids == (1...Int64(total)).map { $0 })
                }
            }
            for _ in 0..<writers {
                group.addTask {
                    for _ in 0..<batches { try await store.append([.sample("a"), .sample("b")]) }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test("one who waits for what never comes goes on when cancelled")
    func cancelled() async throws {
        let store = try EventStore(inMemory: ())
        await withTaskGroup { group in
            for _ in 0..<50 {
                group.addTask { #expect(await store.newestEvent(after: 9) == 0) }
            }
            await Task.yield()
            group.cancelAll()
        }
    }

    @Test("a store that is opened again knows its newest event, also when it was forgotten")
    func reopened() async throws {
        try await withScratch { scratch in
            let file = scratch.path + "/events.db"
            do {
                let store = try EventStore(file: file)
                try await store.append([.sample("a"), .sample("a")])
                try await store.forget("a")
            }
            let store = try EventStore(file: file)
            #expect(await store.newestEvent(after: 1) == 2)
        }
    }
}
