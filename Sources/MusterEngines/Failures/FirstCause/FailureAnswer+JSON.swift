package import MusterSpec

extension FailureAnswer {
    /// The members by which `muster.why/1` tells it. `time_ns` is `time` in nanoseconds since 1970; what is not known is
    /// null.
    package var json: JSONValue { Self.json(self) }

    /// The same members where nothing is known.
    package static let none = json(nil)

    private static func json(_ answer: FailureAnswer?) -> JSONValue {
        [
            "id": .optional(answer?.id), "code": .optional(answer?.code), "area": .optional(answer?.area.rawValue),
            "is_fatal": answer.map { .boolean($0.isFatal) } ?? .null, "fatality": .optional(answer?.fatality.rawValue),
            "role": .optional(answer?.role.rawValue), "phase": .optional(answer?.stage.rawValue),
            "node": .optional(answer?.node), "source": .optional(answer?.source), "rank": .optional(answer?.rank),
            "time": .optional(answer?.time?.text), "time_ns": .optional(answer?.time?.nanoseconds),
            "evidence": .array((answer?.evidence ?? []).map(JSONValue.string)), "suffered": .optional(answer?.suffered),
            "meaning": .optional(answer?.meaning), "remedy": .optional(answer?.remedy), "key": .optional(answer?.key),
        ]
    }
}
