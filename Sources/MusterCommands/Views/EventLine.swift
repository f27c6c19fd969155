import MusterAPI
import MusterSpec
import MusterTerminal

/// An event as one line of text, and as one line of JSON.
struct EventLine {
    let record: EventRecord
    let style: Style

    /// `time  deployment  who  text`, each only as wide as it is: lines come one by one and can be searched.
    var text: String {
        let deployment = record.deployment.isEmpty ? "-" : record.deployment
        return "\(style.faint(time))  \(style.strong(deployment))  \(record.actor)  \(painted)"
    }

    /// `muster.event/1`
    var json: String {
        let own: JSONValue = [
            "format": "muster.event/1", "id": .integer(Int(record.id)), "at": .string("\(record.at)"),
            "deployment": .string(record.deployment), "kind": .string(record.kind), "actor": .string(record.actor),
            "text": .string(record.text),
        ]
        // The daemon's own text, whose numbers and shape are its business.
        return "\(own.compact.dropLast()), \"data\": \(record.data.text)}"
    }

    /// To the second, in UTC, as a person reads it.
    private var time: String {
        let text = "\(record.at)"
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))Z"
    }

    private var painted: String {
        switch record.kind {
        case "gaveUp", "left": style.bad(record.text)
        case "fencing", "unitFailed", "nodeLost", "nodeSuspected", "memoryHeld", "waiting": style.doubtful(record.text)
        case "ready", "stable": style.good(record.text)
        default: record.text
        }
    }
}
