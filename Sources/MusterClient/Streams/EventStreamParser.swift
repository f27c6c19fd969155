/// Server-sent events, line by line, as the HTML standard has them.
struct EventStreamParser {
    /// What came between two empty lines.
    struct Message: Hashable {
        var id: String?
        var event: String
        var data: String
    }

    private var id: String?
    private var event = "message"
    private var data: [String] = []

    /// - Parameter line: The next line, without its end.
    /// - Returns: A message, where the line ends one that has data.
    mutating func take(_ line: String) -> Message? {
        guard !line.isEmpty else {
            defer { self = EventStreamParser() }
            return data.isEmpty ? nil : Message(id: id, event: event, data: data.joined(separator: "\n"))
        }
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        var value = parts.count > 1 ? parts[1] : ""
        if value.first == " " { value.removeFirst() }
        switch parts.first {
        case "id": id = String(value)
        case "event": event = String(value)
        case "data": data.append(String(value))
        default: break
        }
        return nil
    }
}
