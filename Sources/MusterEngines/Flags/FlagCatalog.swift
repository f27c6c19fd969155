package import MusterSpec

/// The flags of every known release of one engine, in the form that the article <doc:Flags> describes: sorted lines of
/// text. A name is found by halving, and no line is read but those that are asked for.
package struct FlagCatalog: Sendable {
    /// The releases it knows, oldest first. A release is named by its index among them.
    package let releases: [EngineVersion]
    private let bytes: [UInt8]
    /// Where the lines behind the head begin.
    private let start: Int

    /// Nothing for a file of another form.
    package init?(_ bytes: [UInt8]) {
        var end = bytes.startIndex
        var head: [[Substring]] = []
        while end < bytes.count, bytes[end] == UInt8(ascii: "#") {
            let next = bytes[end...].firstIndex(of: Self.newline) ?? bytes.count
            head.append(String(decoding: bytes[end..<next], as: UTF8.self).split(separator: "\t"))
            end = min(next + 1, bytes.count)
        }
        guard head.count == 2, head[0].first == "#muster.flags/1", head[1].first == "#releases", head[1].count == 2
        else { return nil }
        let names = head[1][1].split(separator: " ")
        releases = names.compactMap { EngineVersion(String($0)) }
        guard !names.isEmpty, releases.count == names.count, bytes.last == Self.newline else { return nil }
        self.bytes = bytes
        start = end
    }

    private static let newline = UInt8(ascii: "\n")
    private static let tab = UInt8(ascii: "\t")

    // MARK: Lines

    /// What one name means in every release, oldest first; nothing for a name that no release has.
    package func lines(named name: String) -> [FlagLine] {
        let key = Array(name.utf8)
        var lines: [FlagLine] = []
        var offset = first(notBelow: key)
        while offset < bytes.count, order(at: offset, key) == .same {
            guard let line = line(at: offset) else { break }
            lines.append(line)
            offset = end(of: offset)
        }
        return lines
    }

    /// What one name means in one release.
    func line(named name: String, in release: Int) -> FlagLine? {
        let key = Array(name.utf8)
        var offset = first(notBelow: key)
        while offset < bytes.count, order(at: offset, key) == .same {
            let end = end(of: offset)
            if run(in: offset + key.count + 1..<end)?.contains(release) == true { return line(at: offset) }
            offset = end
        }
        return nil
    }

    /// The second field of a line, which begins where the range does.
    private func run(in range: Range<Int>) -> ClosedRange<Int>? {
        FlagLine.run(bytes[range].prefix { $0 != Self.tab })
    }

    /// Every line whose name begins with a text, in the order of the names.
    package func lines(beginning prefix: String = "") -> some Sequence<FlagLine> {
        let key = Array(prefix.utf8)
        return sequence(state: first(notBelow: key)) { offset -> FlagLine? in
            guard offset < bytes.count, begins(at: offset, key), let line = line(at: offset) else { return nil }
            offset = end(of: offset)
            return line
        }
    }

    /// Every name that one release knows, in order, without a look at what it means.
    package func names(in release: Int) -> [String] {
        var names: [String] = []
        var offset = start
        while offset < bytes.count {
            let end = end(of: offset)
            let name = bytes[offset..<end].prefix { $0 != Self.tab }
            if run(in: min(name.endIndex + 1, end)..<end)?.contains(release) == true {
                names.append(String(decoding: name, as: UTF8.self))
            }
            offset = end
        }
        return names
    }

    private func line(at offset: Int) -> FlagLine? {
        FlagLine(String(decoding: bytes[offset..<end(of: offset) - 1], as: UTF8.self))
    }

    private enum Order { case below, same, above }

    /// Where the name of the line at an offset stands against a key. Every line has a tab behind its name, and a tab is
    /// below anything that a name holds.
    private func order(at offset: Int, _ key: [UInt8]) -> Order {
        var index = offset
        for byte in key {
            guard index < bytes.count, bytes[index] >= byte else { return .below }
            if bytes[index] > byte { return .above }
            index += 1
        }
        return index < bytes.count && bytes[index] == Self.tab ? .same : .above
    }

    private func begins(at offset: Int, _ key: [UInt8]) -> Bool {
        offset + key.count <= bytes.count && bytes[offset..<offset + key.count] == key[...]
    }

    /// The offset behind a line's newline, which the last line has, too.
    private func end(of offset: Int) -> Int {
        var index = offset
        while index < bytes.count, bytes[index] != Self.newline { index += 1 }
        return index + 1
    }

    /// The offset of the first line whose name is not below a key.
    private func first(notBelow key: [UInt8]) -> Int {
        var (low, high) = (start, bytes.count)
        while low < high {
            var middle = low + (high - low) / 2
            while middle > low, bytes[middle - 1] != Self.newline { middle -= 1 }
            if order(at: middle, key) == .below {
                low = end(of: middle)
            } else {
                high = middle
            }
        }
        return low
    }
}
