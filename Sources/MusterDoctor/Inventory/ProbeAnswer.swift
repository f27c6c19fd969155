/// What a probe of one node printed, cut into its sections. Any bytes end in an answer, an empty one if need be.
package struct ProbeAnswer: Hashable, Sendable {
    /// What stands between two marks.
    package struct Section: Hashable, Sendable {
        package let name: String
        /// UTF-8; bytes that are none are replaced.
        package let text: [UInt8]
        /// Nothing where the answer broke off in the middle of it.
        package let end: End?
    }

    /// How a section ended.
    package struct End: Hashable, Sendable {
        /// The shell's: 0, or why there is nothing to read.
        package let status: Int
        package let milliseconds: Int
    }

    /// In the order they came; each name once.
    package let sections: [Section]
    /// Whether the last mark is there: if not, what is missing was cut off.
    package let isComplete: Bool

    /// What an answer may hold at most: no node says more, whatever is wrong with it.
    package static let largest = 32 << 20

    init(sections: [Section], isComplete: Bool) {
        self.sections = sections
        self.isComplete = isComplete
    }

    /// Cuts the output of `probe.sh NONCE`. Text outside of sections is that of login scripts and left out.
    package init(_ bytes: [UInt8], nonce: String) {
        var reader = MarkReader(mark: Array("@@\(nonce) ".utf8))
        reader.read(bytes.count <= Self.largest ? bytes : Array(bytes.prefix(Self.largest)))
        self.init(sections: reader.sections, isComplete: reader.isComplete)
    }

    /// The same with what a container says in the place of what the host says: the engine and its model are there. Where the
    /// container gave no answer, its sections say why.
    package func insideContainer(_ inner: ProbeAnswer, orElse reason: String?) -> ProbeAnswer {
        let taken = ["software", "model", "engine", "limits", "rdma_software"]
        var own = inner.sections.filter { taken.contains($0.name) }
        if let reason {
            let missing = ["software", "model"].filter { name in !own.contains { $0.name == name } }
            own += missing.map {
                Section(name: $0, text: Array("the container: \(reason)".utf8), end: End(status: 125, milliseconds: 0))
            }
        }
        let names = Set(own.map(\.name))
        return ProbeAnswer(sections: sections.filter { !names.contains($0.name) } + own, isComplete: isComplete)
    }

    /// A section by its name.
    package func section(_ name: String) -> Section? { sections.first { $0.name == name } }
}

/// Goes over the lines and looks for marks.
private struct MarkReader {
    let mark: [UInt8]
    var sections: [ProbeAnswer.Section] = []
    var isComplete = false
    private var seen: Set<String> = []
    private var open: (name: String, start: Int)?

    init(mark: [UInt8]) { self.mark = mark }

    mutating func read(_ bytes: [UInt8]) {
        var start = 0
        while start < bytes.count, !isComplete {
            var end = start
            while end < bytes.count, bytes[end] != 0x0a { end += 1 }
            if isMark(bytes, start, end) {
                let words = String(decoding: bytes[(start + mark.count)..<end], as: UTF8.self)
                take(Cut.words(words), bytes, start, end + 1)
            }
            start = end + 1
        }
        close(nil, bytes, bytes.count)
    }

    private func isMark(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Bool {
        guard bytes[start] == mark[0], end - start >= mark.count else { return false }
        for offset in mark.indices where bytes[start + offset] != mark[offset] { return false }
        return true
    }

    private mutating func take(_ words: [String], _ bytes: [UInt8], _ start: Int, _ next: Int) {
        switch words.first {
        case "begin" where words.count == 2:
            close(nil, bytes, start)
            open = (words[1], next)
        case "end" where words.count == 4 && words[1] == open?.name:
            guard let status = Digits.count(words[2]), let spent = Digits.count(words[3]) else { return }
            close(.init(status: status, milliseconds: spent), bytes, start)
        case "done": isComplete = true
        default: break
        }
    }

    private mutating func close(_ end: ProbeAnswer.End?, _ bytes: [UInt8], _ limit: Int) {
        guard let (name, start) = open else { return }
        open = nil
        guard seen.insert(name).inserted else { return }
        // The probe puts a line break before each mark.
        var last = min(limit, bytes.count)
        if end != nil, last > start, bytes[last - 1] == 0x0a { last -= 1 }
        let text = start < last ? String(decoding: bytes[start..<last], as: UTF8.self) : ""
        sections.append(.init(name: name, text: Array(text.utf8), end: end))
    }
}
