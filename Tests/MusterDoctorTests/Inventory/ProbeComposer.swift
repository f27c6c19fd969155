import MusterDoctor

/// Composes what the probe prints.
struct ProbeComposer {
    static let nonce = "n0nce.7"
    private var sections: [(name: String, text: String, end: String?)] = []
    var banner = "Welcome to node 7\n"
    var isComplete = true

    /// A section that ended with a status.
    mutating func add(_ name: String, _ text: String, status: Int = 0, milliseconds: Int = 12) {
        sections.append((name, text, "\(status) \(milliseconds)"))
    }

    /// The same with another text or status; one that is not there is added.
    mutating func set(_ name: String, _ text: String, status: Int = 0, milliseconds: Int = 12) {
        guard let place = sections.firstIndex(where: { $0.name == name }) else {
            return add(name, text, status: status, milliseconds: milliseconds)
        }
        sections[place] = (name, text, "\(status) \(milliseconds)")
    }

    mutating func remove(_ name: String) { sections.removeAll { $0.name == name } }

    var names: [String] { sections.map(\.name) }

    var text: String {
        let marks = sections.map { section in
            "\n@@\(Self.nonce) begin \(section.name)\n\(section.text)"
                + (section.end.map { "\n@@\(Self.nonce) end \(section.name) \($0)\n" } ?? "")
        }
        return banner + marks.joined() + (isComplete ? "@@\(Self.nonce) done\n" : "")
    }

    var answer: ProbeAnswer { ProbeAnswer(Array(text.utf8), nonce: Self.nonce) }

    /// Asked at 1000.0 and answered at 1002.5 of this machine's clock.
    var inventory: NodeInventory {
        NodeInventory(node: "gpu-3", answer: answer, times: ProbeTimes(asked: 1000, answered: 1002.5))
    }
}
