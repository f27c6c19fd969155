/// A release of an engine, ordered as PEP 440 orders what the engines publish and what is built from their sources:
/// `0.4.4.post1`, `0.11.1`, `0.5.0rc2`, `0.5.10.dev3+gabc`.
package struct EngineVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// What the file says, kept for messages.
    package let text: String
    private let release: [Int]
    /// Before the release (`rc`, negative), the release itself (0), or after it (`post`, positive).
    private let phase: Int
    /// Of a build on the way there (`.devN`); nothing for the release.
    private let development: Int?

    /// Whether it was built from sources on the way to a release.
    package var isDevelopment: Bool { development != nil }

    /// Nothing unless the text is numbers joined by points, optionally followed by `.postN` or `rcN`, `.devN` and `+local`.
    package init?(_ text: String) {
        var core = Substring(text)
        if core.hasPrefix("v") { core = core.dropFirst() }
        core = core.prefix { $0 != "+" }
        var phase = 0
        var development: Int?
        if let mark = core.firstRange(of: ".dev") {
            guard let number = Int(core[mark.upperBound...]), number >= 0 else { return nil }
            development = number
            core = core[..<mark.lowerBound]
        }
        if let post = core.firstRange(of: ".post") {
            guard let number = Int(core[post.upperBound...]), number >= 0 else { return nil }
            phase = number + 1
            core = core[..<post.lowerBound]
        } else if let candidate = core.firstRange(of: "rc") {
            guard let number = Int(core[candidate.upperBound...]), number >= 0 else { return nil }
            phase = number - 1_000_000
            core = core[..<candidate.lowerBound]
        } else if development != nil {
            phase = -2_000_000
        }
        let parts = core.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { $0.utf8.allSatisfy { (48...57).contains($0) } ? Int($0) : nil }
        guard numbers.count == parts.count, (2...4).contains(numbers.count) else { return nil }
        self.text = text
        self.release = numbers
        self.phase = phase
        self.development = development
    }

    /// Stands in for a version that could not be read: later than any release, so that it has every feature.
    static let placeholder = EngineVersion(release: [Int.max])

    private init(release: [Int]) {
        text = "unknown"
        self.release = release
        phase = 0
        development = nil
    }

    package var description: String { text }

    package static func == (left: EngineVersion, right: EngineVersion) -> Bool {
        left.padded == right.padded && left.order == right.order
    }

    package static func < (left: EngineVersion, right: EngineVersion) -> Bool {
        left.padded == right.padded ? left.order < right.order : left.padded.lexicographicallyPrecedes(right.padded)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(padded)
        hasher.combine(phase)
        hasher.combine(development)
    }

    /// Among releases of the same numbers.
    private var order: (Int, Int) { (phase, development ?? .max) }

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
