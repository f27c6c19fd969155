import MusterStore

/// A fold that shows by its text which events are in it, and in which order.
enum Ledger {
    /// `COUNT:HASH`, so that a missing, doubled or displaced event changes it.
    static let fold: StoreFold = { body, events in
        let parts = (body ?? "0:0").split(separator: ":").compactMap { UInt64($0) }
        var (count, hash) = (parts.first ?? 0, parts.last ?? 0)
        for event in events {
            count += 1
            for byte in "\(event.id) \(event.event.payload)".utf8 { hash = hash &* 31 &+ UInt64(byte) }
        }
        return "\(count):\(hash)"
    }
}

extension NewEvent {
    static func sample(_ deployment: String, _ payload: String = "{}", at: Int64 = 0) -> NewEvent {
        NewEvent(at: at, deployment: deployment, kind: "unit.started", actor: "test", payload: payload)
    }
}

extension EventStore {
    /// Every event, whatever it belongs to.
    func everything() async throws -> [StoredEvent] { try await events(after: 0, limit: .max) }
}
