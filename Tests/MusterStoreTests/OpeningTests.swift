import Foundation
import GRDB
import MusterStore
import MusterTesting
import Testing

@Suite("Opening the store")
struct OpeningTests {
    @Test("the schema is the recorded one")
    func schema() async throws {
        try await withScratch { scratch in
            let file = scratch.path + "/events.db"
            do { _ = try EventStore(file: file) }
            let sql = try DatabaseQueue(path: file).read { db in
                try String.fetchAll(db, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
            }
            expectGolden(sql.joined(separator: ";\n") + ";\n", "schema")
        }
    }

    @Test("a closed store can be opened while a child is between its fork and its exec")
    func halfBornChild() async throws {
        try await withScratch { scratch in
            let file = scratch.path + "/events.db"
            var copy: Int32 = -1
            do {
                let store = try EventStore(file: file)
                let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
                let lock = try #require(
                    descriptors.compactMap { Int32($0) }.first { number in
                        let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)")
                        return path?.hasSuffix(store.file + ".lock") == true
                    }
                )
                // What such a child has: another descriptor of the same open file.
                copy = dup(lock)
            }
            defer { close(copy) }
            #expect(copy >= 0)
            #expect(try await EventStore(file: file).everything() == [])
        }
    }

    @Test("what was written is there after closing, and only its owner can read it")
    func persistent() async throws {
        try await withScratch { scratch in
            let file = scratch.path + "/events.db"
            let stored = try await EventStore(file: file).append([.sample("a")], state: ["a": "x"])
            let store = try EventStore(file: file)
            #expect(try await store.everything() == stored)
            for name in try FileManager.default.contentsOfDirectory(atPath: scratch.path) {
                let path = scratch.path + "/" + name
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o600, "\(name)")
            }
        }
    }

    @Test("a file that others could read is theirs no longer")
    func restricted() async throws {
        try await withScratch { scratch in
            let file = try scratch.write("", to: "events.db", mode: 0o644)
            let store = try EventStore(file: file)
            let mode = try FileManager.default.attributesOfItem(atPath: store.file)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test("a file of a later release is refused by both schema numbers")
    func newer() async throws {
        try await withScratch { scratch in
            let file = scratch.path + "/events.db"
            do { _ = try EventStore(file: file) }
            try await DatabaseQueue(path: file).write { db in
                try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('7')")
            }
            let error = #expect(throws: StoreError.self) { try EventStore(file: file) }
            #expect(error?.code == .newerSchema)
            #expect(error?.message.contains("its schema is 7, this release knows up to 1") == true)
        }
    }

    @Test("what is no database is said to be none", arguments: ["text", "damage", "other"])
    func broken(kind: String) async throws {
        try await withScratch { scratch in
            let file = scratch.path + "/events.db"
            switch kind {
            case "text": try scratch.write(String(repeating: "not a database\n", count: 500), to: "events.db")
            case "damage":
                do { _ = try EventStore(file: file) }
                var bytes = try Data(contentsOf: URL(filePath: file))
                bytes.replaceSubrange(100..<bytes.count, with: repeatElement(0xee, count: bytes.count - 100))
                try bytes.write(to: URL(filePath: file))
            default:
                try await DatabaseQueue(path: file).write { db in try db.execute(sql: "CREATE TABLE event (a)") }
            }
            let error = #expect(throws: StoreError.self) { try EventStore(file: file) }
            #expect(error?.code == .broken)
            #expect(error?.message.contains(file) == true)
        }
    }

    @Test("a place where nothing can be written is named")
    func unreadable() async throws {
        try await withScratch { scratch in
            for file in ["\(scratch.path)/none/events.db", scratch.path, "/proc/muster/events.db"] {
                let error = #expect(throws: StoreError.self) { try EventStore(file: file) }
                #expect(error?.code == .unreadable)
                #expect(error?.message.contains(file) == true)
            }
        }
    }

    @Test("a second opener is refused and told who has the store; a lock file that is left over refuses nobody")
    func twice() async throws {
        try await withScratch { scratch in
            let file = scratch.path + "/events.db"
            do {
                let first = try EventStore(file: file)
                let error = #expect(throws: StoreError.self) { try EventStore(file: file) }
                #expect(error?.code == .inUse)
                #expect(error?.message.contains("process \(ProcessInfo.processInfo.processIdentifier)") == true)
                try await first.append([.sample("a")])
            }
            #expect(FileManager.default.fileExists(atPath: file + ".lock"))
            #expect(try await EventStore(file: file).everything().count == 1)
        }
    }
}
