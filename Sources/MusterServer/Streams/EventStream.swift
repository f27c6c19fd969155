import FoundationEssentials
import Hummingbird
import MusterAPI
import NIOCore

/// Server-sent events from the store, from any place on.
///
/// There is no queue: a stream knows the last event it wrote, is woken when there is a newer one, and reads the next
/// page itself. So what was recorded before a client came and what is recorded later are one list, read once, and a slow
/// client delays nobody.
struct EventStream: Sendable {
    private static let pageSize = 100

    /// What is written: events, or a sign of life.
    enum Item: Sendable {
        case events([EventRecord])
        case heartbeat
    }

    let service: any DaemonService
    let deployment: String?
    let after: Int64
    let heartbeat: Duration

    /// Writes until it is cancelled.
    func run(_ write: @Sendable (Item) async throws -> Void) async throws {
        // The first sign of life tells the client that the stream is there.
        try await write(.heartbeat)
        var cursor = after
        var newest: Int64 = -1
        while true {
            // All events up to this one can be read, and those of other deployments among them are of no interest.
            newest = try await next(after: newest) { try await write(.heartbeat) }
            while true {
                let page = try await service.events(after: cursor, of: deployment, limit: Self.pageSize)
                guard let last = page.last else { break }
                try await write(.events(page))
                cursor = last.id
            }
        }
    }

    /// Waits for an event, with a sign of life from time to time.
    private func next(after id: Int64, beat: () async throws -> Void) async throws -> Int64 {
        while true {
            let newest = await withTaskGroup(of: Int64?.self) { group in
                group.addTask { await service.newestEvent(after: id) }
                group.addTask {
                    // Cancelled when there is an event first; then nobody looks at what comes of it.
                    try? await Task.sleep(for: heartbeat)
                    return nil
                }
                let first = await group.next() ?? nil
                group.cancelAll()
                return first
            }
            try Task.checkCancellation()
            if let newest { return newest }
            try await beat()
        }
    }

    /// The bytes of an item, as the HTML standard has them.
    static func encode(_ item: Item) throws -> ByteBuffer {
        switch item {
        case .heartbeat: return ByteBuffer(string: ": heartbeat\n\n")
        case .events(let records):
            var buffer = ByteBuffer()
            for record in records {
                // A kind is a word; a line's end in it would begin another field.
                let kind = record.kind.filter { !$0.isNewline }
                buffer.writeString("id: \(record.id)\nevent: \(kind)\ndata: ")
                buffer.writeImmutableBuffer(try JSONLine.encode(record))
                buffer.writeString("\n\n")
            }
            return buffer
        }
    }
}
