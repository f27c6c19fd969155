import FoundationEssentials
package import MusterStore
package import MusterSupervision
import Synchronization

/// Writes a deployment's events down, and waits for as long as that takes: nothing may be done that is not written.
package actor Journal {
    private let store: EventStore
    private let deployment: String
    /// The fold of what is on disk: an event that is not there yet is not in it either.
    private var durable: DeploymentRecord
    private let trouble: @Sendable (StoreError?) -> Void

    /// A full disk is somebody's to empty, and it may take a while.
    private static let retryPause = Duration.seconds(1)

    /// - Parameters:
    ///   - store: Where events go.
    ///   - record: What is known from before.
    ///   - trouble: Hears why nothing can be written, and with nothing that it can again.
    package init(_ store: EventStore, _ record: DeploymentRecord, trouble: @escaping @Sendable (StoreError?) -> Void) {
        self.store = store
        deployment = record.name
        durable = record
        self.trouble = trouble
    }

    /// Returns when the events are on disk.
    ///
    /// - Parameters:
    ///   - events: What happened, in order.
    ///   - time: When, in milliseconds since the epoch.
    ///   - actor: Who wished for what was wished.
    /// - Returns: The number of the last one; nothing when the task was cancelled before there was room.
    @discardableResult
    package func write(_ events: [DeploymentEvent], at time: Int, by actor: String) async -> Int64? {
        var next = durable
        for event in events { next.apply(event, at: time) }
        let rows = events.map { event in
            NewEvent(
                at: Int64(time),
                deployment: deployment,
                kind: event.kind,
                actor: event.isWish ? actor : Self.ownName,
                payload: Self.payload(event)
            )
        }
        let body = Self.text(next)
        var wasInTrouble = false
        while true {
            do throws(StoreError) {
                let stored = try await store.append(rows, state: [deployment: body])
                durable = next
                if wasInTrouble { trouble(nil) }
                return stored.last?.id
            } catch {
                if !wasInTrouble { trouble(error) }
                wasInTrouble = true
                // Not an order of things but a pause between attempts; cancellation ends both.
                do { try await Task.sleep(for: Self.retryPause) } catch { return nil }
            }
        }
    }

    /// Who does what nobody asked for.
    package static let ownName = "musterd"

    /// A record as the store keeps it.
    static func text(_ record: DeploymentRecord) -> String { encode(record) }

    /// A record as the store kept it; nothing when it is none.
    package static func record(_ text: String) -> DeploymentRecord? {
        // What cannot be read is told by the caller, who knows whose record it was.
        try? JSONDecoder().decode(DeploymentRecord.self, from: Data(text.utf8))
    }

    /// An event as the store kept it.
    package static func event(kind: String, payload: String) -> DeploymentEvent? {
        // An event of a later release is passed on as it is, without its text.
        try? JSONDecoder().decode(DeploymentEvent.self, from: Data("{\"\(kind)\": \(payload)}".utf8))
    }

    /// Adds stored events to a stored record, as the store does when it forgets old ones.
    package static func fold(_ name: String, _ body: String?, _ events: [StoredEvent]) -> String {
        var state = body.flatMap(record) ?? DeploymentRecord(name: name)
        for stored in events {
            guard let event = event(kind: stored.event.kind, payload: stored.event.payload) else { continue }
            state.apply(event, at: Int(stored.event.at))
        }
        return text(state)
    }

    private static func payload(_ event: DeploymentEvent) -> String {
        // `{"kind": {...}}` without its one key.
        let text = encode(event)
        guard let open = text.dropFirst().firstIndex(of: "{"), text.count > 3 else { return "{}" }
        return String(text[open...].dropLast())
    }

    private static func encode(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Numbers, texts and lists of them: there is nothing in these types that JSON cannot say.
        guard let data = try? encoder.encode(value) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}

extension DeploymentEvent {
    /// The name of its case, under which it is kept.
    package var kind: String { String("\(self)".prefix { $0 != "(" }) }
}
