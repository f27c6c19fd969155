package import MusterSpec

extension FailureAnswer {
    /// The members by which `muster.why/1` tells it. The time is nanoseconds since 1970 on the common clock; what is not
    /// known is null.
    package var json: JSONValue {
        [
            "id": .string(id), "code": .optional(code), "area": .string(area.rawValue),
            "is_fatal": .boolean(isFatal), "fatality": .string(fatality.rawValue), "role": .string(role.rawValue),
            "phase": .string(stage.rawValue), "node": .string(node), "source": .string(source),
            "rank": .optional(rank), "time": .optional(time?.text), "time_ns": .optional(time?.nanoseconds),
            "evidence": .array(evidence.map(JSONValue.string)), "suffered": .integer(suffered),
            "meaning": .string(meaning), "remedy": .string(remedy), "key": .optional(key),
        ]
    }
}
