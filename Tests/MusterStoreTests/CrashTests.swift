import Foundation
import GRDB
import Glibc
import MusterTesting
import Testing

@testable import MusterStore

@Suite("Crash safety")
struct CrashTests {
    private static let batch = 7

    /// Batches of which a part is missing, and folds that do not belong to the events.
    private func damage(in store: EventStore) async throws -> [String] {
        let events = try await store.everything()
        let batches = Dictionary(grouping: events, by: \.event.payload)
        var found = batches.filter { $0.value.count != Self.batch }.map { "batch \($0.key) has \($0.value.count)" }
        let fold = try await store.states().first
        if fold?.through ?? 0 != events.last?.id ?? 0 { found.append("the fold is through \(fold?.through ?? 0)") }
        if fold?.body ?? "none" != events.last?.event.payload ?? "none" { found.append("the fold is another one") }
        return found
    }

    @Test("a process killed while it appends leaves whole batches, and all it was told were recorded")
    func killed() async throws {
        var acknowledged = 0
        for round in 0..<6 {
            try await withScratch { scratch in
                let (file, delay) = (scratch.path + "/events.db", 9000 + round * 12_001)
                try scratch.write("", to: "recorded")
                await #expect(processExitsWith: .signal(SIGKILL)) { [file = file as String, delay = delay as Int] in
                    try await appendUntilKilled(file, after: UInt32(delay))
                }
                let text = try String(contentsOfFile: scratch.path + "/recorded", encoding: .utf8)
                let recorded = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
                let store = try EventStore(file: file)
                #expect(try await damage(in: store) == [])
                #expect(try await store.everything().count >= recorded * Self.batch)
                acknowledged += recorded
            }
        }
        #expect(acknowledged > 0)
    }

    @Test("a log cut off at any byte leaves whole batches")
    func cut() async throws {
        try await withScratch { scratch in
            let file = scratch.path + "/events.db"
            let store = try EventStore(file: file)
            for number in 0..<12 {
                let events = [NewEvent](repeating: .sample("a", "\(number)"), count: Self.batch)
                try await store.append(events, state: ["a": "\(number)"])
            }
            let (main, log) = (try read(file), try read(file + "-wal"))
            #expect(log.count > 40_000)
            var random = SeededRandom(seed: 3)
            var counts: Set<Int> = []
            for round in 0..<40 {
                let length = round == 0 ? log.count : Int.random(in: 0..<log.count, using: &random)
                let copy = "\(scratch.path)/copy-\(round).db"
                try main.write(to: URL(filePath: copy))
                try log.prefix(length).write(to: URL(filePath: copy + "-wal"))
                let recovered = try EventStore(file: copy)
                #expect(try await damage(in: recovered) == [])
                counts.insert(try await recovered.everything().count)
            }
            #expect(counts.count > 5)
        }
    }

    private func read(_ file: String) throws -> Data { try Data(contentsOf: URL(filePath: file)) }

    @Test("a commit waits for the disk")
    func synchronous() async throws {
        try await withScratch { scratch in
            let store = try EventStore(file: scratch.path + "/events.db")
            #expect(try await store.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
        }
    }
}

/// Appends batches, writes down how many were recorded, and dies in the middle of it.
private func appendUntilKilled(_ file: String, after delay: UInt32) async throws {
    let store = try EventStore(file: file)
    let notes = open(file.replacing("events.db", with: "recorded"), O_WRONLY)
    Thread.detachNewThread {
        usleep(delay)
        kill(getpid(), SIGKILL)
    }
    for number in 1... {
        let events = [NewEvent](repeating: .sample("a", "\(number)"), count: 7)
        try await store.append(events, state: ["a": "\(number)"])
        let text = "\(number)\n"
        pwrite(notes, text, text.utf8.count, 0)
    }
}
