import MusterSpec

/// `muster.up/1`: how `up` and `restart` ended, whoever did the work.
struct UpDocument {
    var name: String
    var state: String
    var generation: Int?
    var planHash: String?
    var more: JSONValue = [:]

    var json: JSONValue {
        let own: JSONValue = [
            "format": "muster.up/1", "name": .string(name), "state": .string(state),
            "generation": .optional(generation), "plan_hash": .optional(planHash),
        ]
        return own.adding(more)
    }

    /// The document of all replicas.
    static func json(_ documents: [UpDocument]) -> JSONValue {
        let states = Set(documents.map(\.state))
        let state = states.count == 1 ? documents.first?.state : nil
        return .replicas(documents.map(\.json), ["state": .string(state ?? "partial")])
    }

    /// Seconds to the millisecond.
    static func seconds(_ duration: Duration) -> JSONValue {
        .number(
            Double(duration.components.seconds)
                + Double(duration.components.attoseconds / 1_000_000_000_000_000) / 1000
        )
    }
}
