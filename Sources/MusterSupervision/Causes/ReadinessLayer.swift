/// The layers of readiness above the ranks' own phases, in order.
package enum ReadinessLayer: Int, Sendable, Comparable, CaseIterable {
    /// The health endpoint answers 200.
    case http
    /// The model is listed.
    case model
    /// One token was generated, by all ranks together.
    case generation
    /// Every GPU worker of every unit is alive.
    case workers

    package var name: String {
        switch self {
        case .http: "http up"
        case .model: "model listed"
        case .generation: "one token generated"
        case .workers: "workers alive"
        }
    }

    package static func < (left: ReadinessLayer, right: ReadinessLayer) -> Bool { left.rawValue < right.rawValue }
}
