/// A release of an engine, ordered as PEP 440 orders what the engines publish: `0.4.4.post1`, `0.11.1`, `0.5.0rc2`.
package struct EngineVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// What the file says, kept for messages.
    package let text: String
    private let release: [Int]
    /// Before the release (`rc`, negative), the release itself (0), or after it (`post`, positive).
    private let phase: Int

    /// Nothing unless the text is numbers joined by points, optionally followed by `.postN`, `rcN` or `+local`.
    package init?(_ text: String) {
        var core = Substring(text)
        if core.hasPrefix("v") { core = core.dropFirst() }
        core = core.prefix { $0 != "+" }
        var phase = 0
        if let post = core.firstRange(of: ".post") {
            guard let number = Int(core[post.upperBound...]), number >= 0 else { return nil }
            phase = number + 1
            core = core[..<post.lowerBound]
        } else if let candidate = core.firstRange(of: "rc") {
            guard let number = Int(core[candidate.upperBound...]), number >= 0 else { return nil }
            phase = number - 1_000_000
            core = core[..<candidate.lowerBound]
        }
        let parts = core.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { $0.utf8.allSatisfy { (48...57).contains($0) } ? Int($0) : nil }
        guard numbers.count == parts.count, (2...4).contains(numbers.count) else { return nil }
        self.text = text
        self.release = numbers
        self.phase = phase
    }

    /// Stands in for a version that could not be read: later than any release, so that it has every feature.
    static let placeholder = EngineVersion(release: [Int.max])

    private init(release: [Int]) {
        text = "unknown"
        self.release = release
        phase = 0
    }

    package var description: String { text }

    package static func == (left: EngineVersion, right: EngineVersion) -> Bool {
        left.padded == right.padded && left.phase == right.phase
    }

    package static func < (left: EngineVersion, right: EngineVersion) -> Bool {
        left.padded == right.padded ? left.phase < right.phase : left.padded.lexicographicallyPrecedes(right.padded)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(padded)
        hasher.combine(phase)
    }

    private var padded: [Int] { release + Array(repeating: 0, count: 4 - release.count) }
}

extension EngineVersion {
    /// A release that stands in the source, as rules compare with; text that is none is a mistake there.
    package static func known(_ text: StaticString) -> EngineVersion {
        guard let version = EngineVersion("\(text)") else { preconditionFailure("`\(text)` is no release") }
        return version
    }
}

extension Substring {
    /// The first place a text occurs at, without Foundation.
    fileprivate func firstRange(of needle: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }
}
