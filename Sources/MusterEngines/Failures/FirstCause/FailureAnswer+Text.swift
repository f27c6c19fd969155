extension FailureAnswer {
    /// Which rank, where and when: `TP9 on gpu-2 at 2026-03-04 05:06:07.000`.
    package var place: String {
        [rank, source].compactMap(\.self).joined(separator: " on ") + (time.map { " at \($0.text)" } ?? "")
    }

    /// The answer in one line, for an event.
    package var summary: String { "\(id): \(place): \(meaning)" }

    /// Whether it names more than that something ended, which the last lines of its log tell better.
    package var namesCause: Bool { isFatal && role != .umbrella }

    /// What the logs do not show.
    package var limit: String? {
        guard isFatal else { return nil }
        return switch role {
        case .cause: nil
        case .symptom: "No log shows a fault that came before: it may be on this side or on the other."
        case .umbrella: "No known line says what failed beneath."
        case .victim: "No log shows the fault itself: look at the node that wrote nothing."
        }
    }

    /// How many others only felt it.
    package var suffering: String? {
        suffered > 0 ? "\(suffered) \(suffered == 1 ? "other" : "others") failed, too." : nil
    }
}
