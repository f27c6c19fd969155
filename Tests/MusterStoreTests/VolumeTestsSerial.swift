import Glibc
import MusterStore
import MusterTesting
import Testing

@Suite("Much, and no room for it", .serialized)
struct VolumeTests {
    @Test("twenty thousand events in batches are recorded, folded, read and pruned")
    func many() async throws {
        try await withScratch { scratch in
            let store = try EventStore(file: scratch.path + "/events.db")
            let payload = #"{"line":"\#(String(repeating: "x", count: 200))"}"#
            for batch in 0..<200 {
                let events = [NewEvent](repeating: .sample("a", payload), count: 100)
                try await store.append(events, state: ["a": "\(batch)"])
            }
            var (after, count) = (Int64(0), 0)
            while let last = try await store.events(after: after, deployment: "a", limit: 500).last {
                count += Int(last.id - after)
                after = last.id
            }
            #expect(count == 20_000)
            #expect(try await store.prune(keepingNewest: 100, olderThan: .max, fold: Ledger.fold) == 19_900)
        }
    }

    @Test("a full disk refuses the batch as a whole, and the same store goes on when there is space")
    func full() async throws {
        try await withScratch { scratch in
            let mount = try await LocalCommand(
                ["mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", scratch.path]
            ).run()
            guard mount.status == 0 else {
                withKnownIssue("not tested: no file system can be mounted here") {
                    Issue.record("\(mount.errorText)")
                }
                return
            }
            try await recover(in: scratch)
            #expect(try await LocalCommand(["umount", "--lazy", scratch.path]).run().status == 0)
        }
    }

    private func recover(in scratch: Scratch) async throws {
        let store = try EventStore(file: scratch.path + "/events.db")
        try await store.append([.sample("a", "first")], state: ["a": "first"])
        let ballast = open(scratch.path + "/ballast", O_WRONLY | O_CREAT, 0o600)
        let block = [UInt8](repeating: 1, count: 4096)
        while write(ballast, block, block.count) > 0 {}
        close(ballast)

        let large = [NewEvent](repeating: .sample("a", String(repeating: "x", count: 1000)), count: 200)
        let error = await #expect(throws: StoreError.self) { try await store.append(large, state: ["a": "second"]) }
        #expect(error?.code == .full)
        #expect(try await store.everything().count == 1)
        #expect(try await store.states().map(\.body) == ["first"])

        unlink(scratch.path + "/ballast")
        try await store.append([.sample("a", "third")], state: ["a": "third"])
        #expect(try await store.everything().map(\.event.payload) == ["first", "third"])
    }
}
