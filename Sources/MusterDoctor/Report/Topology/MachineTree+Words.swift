import MusterSpec

extension MachineTree {
    /// The drawing in words: a sentence for each place.
    var words: String { branches.map { $0.words(below: "") }.joined(separator: " ") }
}

extension MachineTree.Branch {
    fileprivate func words(below place: String) -> String {
        let own = title.joined(separator: " ")
        let whole = place.isEmpty ? own : "\(place), \(own)"
        let sentence =
            devices.isEmpty ? [] : ["\(whole): \(devices.map(\.words).joined(separator: "; "))."]
        return (sentence + branches.map { $0.words(below: whole) }).joined(separator: " ")
    }
}

extension MachineDevice {
    fileprivate var words: String {
        let facts = lines.map(\.text) + ports.map(\.label)
        let name =
            kind == .ghost ? "the usual place of \(title)" : [title, model].compactMap(\.self).joined(separator: " ")
        return facts.isEmpty ? name : "\(name) (\(facts.joined(separator: ", ")))"
    }
}
