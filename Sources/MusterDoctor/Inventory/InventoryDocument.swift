package import MusterSpec

/// What a node answered, as it is kept: `muster.inventory/1`. The answer itself is what is kept, not what was made of it,
/// so that a later muster, which reads more out of it, can compare old answers with new ones.
package struct InventoryDocument: Hashable, Sendable {
    package let node: String
    package let answer: ProbeAnswer
    package let times: ProbeTimes
    /// What this release reads out of it.
    package let inventory: NodeInventory

    /// Takes an answer, without what is secret in it.
    package init(node: String, answer: ProbeAnswer, times: ProbeTimes) {
        self.node = node
        self.answer = ProbeRedaction.redacted(answer)
        self.times = times
        inventory = NodeInventory(node: node, answer: self.answer, times: times)
    }

    package static let format = "muster.inventory/1"

    /// As much as ``read(_:)`` takes, in bytes.
    package static let largest = Transcript.largest

    /// `known` and `unknown` are for people and their programs; reading it again takes `sections` only.
    package var json: JSONValue {
        [
            "format": .string(Self.format), "node": .string(node),
            "asked": .number(times.asked), "answered": .number(times.answered),
            "complete": .boolean(answer.isComplete),
            "known": .object(of: inventory.members.compactMap(\.known)),
            "unknown": .object(of: inventory.members.compactMap(\.unknown)),
            "sections": .array(answer.sections.map(\.json)),
        ]
    }

    /// Reads what ``json`` writes.
    package static func read(_ bytes: [UInt8]) -> Reading<InventoryDocument> {
        .of(bytes, source: "an inventory of the form `\(format)`") { text throws(Damage) in
            let json = try JSONReader.value(&text)
            guard json["format"]?.text == format, let node = json["node"]?.text, let asked = json["asked"]?.moment,
                let answered = json["answered"]?.moment, case .boolean(let isComplete)? = json["complete"],
                case .array(let elements)? = json["sections"]
            else {
                throw text.foreign(nil, found: "`\(json["format"]?.text ?? "no format")`")
            }
            let sections = elements.compactMap(ProbeAnswer.Section.init(json:))
            guard sections.count == elements.count else {
                throw Damage(.malformed, found: "a section without name or text", expected: text.source)
            }
            return InventoryDocument(
                node: node,
                answer: ProbeAnswer(sections: sections, isComplete: isComplete),
                times: ProbeTimes(asked: asked, answered: answered)
            )
        }
    }
}

extension ProbeAnswer.Section {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "status": .optional(end?.status), "milliseconds": .optional(end?.milliseconds),
            "text": .string(String(decoding: text, as: UTF8.self)),
        ]
    }

    fileprivate init?(json: JSONValue) {
        guard let name = json["name"]?.text, let text = json["text"]?.text else { return nil }
        self.name = name
        self.text = Array(text.utf8)
        end = json["status"]?.count.flatMap { status in
            json["milliseconds"]?.count.map { ProbeAnswer.End(status: status, milliseconds: $0) }
        }
    }
}

extension JSONValue {
    /// Seconds since 1970, whole or not, as a clock can show them.
    fileprivate var moment: Double? {
        let seconds: Double? =
            switch self {
            case .integer(let number): Double(number)
            case .number(let number): number
            default: nil
            }
        return seconds.flatMap { (0..<Double(1 << 40)).contains($0) ? $0 : nil }
    }
}
