package import MusterSpec

extension FailureAnswer {
    package static let format = "muster.why/1"

    /// `muster.why/1`. The time is nanoseconds since 1970 on the common clock; what is not known is null.
    package func json(for engine: EngineSpec.Kind?) -> JSONValue {
        [
            "format": .string(Self.format), "id": .string(signature.id),
            "code": .optional(signature.area.code?.description), "area": .string(signature.area.rawValue),
            "is_fatal": .boolean(isFatal), "fatality": .string(signature.fatality.rawValue),
            "role": .string(role.name), "phase": .string(signature.stage.rawValue),
            "node": .string(source.node), "source": .string(source.name), "rank": .optional(worker),
            "time": .optional(time?.text), "time_ns": .optional(time?.nanoseconds),
            "evidence": .array(evidence.map(JSONValue.string)), "suffered": .integer(suffered),
            "meaning": .string(signature.meaning), "remedy": .string(signature.remedy),
            "key": .optional(signature.key(for: engine)),
        ]
    }
}

extension FailureSignature.Role {
    /// The word JSON uses.
    package var name: String {
        switch self {
        case .cause: "cause"
        case .symptom: "symptom"
        case .umbrella: "umbrella"
        case .victim: "victim"
        }
    }
}
