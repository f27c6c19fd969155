import MusterSpec

/// What a node's part of the second round printed, line by line. Any bytes end in an answer, an empty one if need be.
package struct ReachAnswer: Hashable, Sendable {
    /// What became of the connections to one peer.
    package struct Outcome: Hashable, Sendable {
        package let rendezvous: Known<ReachabilityGrid.Connection>
        package let ephemeral: Known<ReachabilityGrid.Connection>
        package let packets: Known<ReachabilityGrid.Packets>
    }

    /// The port of its choice that it listens on.
    package private(set) var ephemeralPort: Int?
    /// Whether it listens on the rendezvous port too, or why not.
    package private(set) var rendezvous: Known<Bool> = .notAsked
    /// Why it does not listen at all.
    package private(set) var failure: String?
    /// By the number of the peer.
    package private(set) var outcomes: [Int: Outcome] = [:]
    package private(set) var isDone = false

    package init(_ bytes: [UInt8], nonce: String) {
        for line in LineSplitter.lines(of: bytes) {
            let words = Cut.words(line.trimmed)
            guard words.first == "@@\(nonce)" else { continue }
            take(Array(words.dropFirst()))
        }
    }

    private mutating func take(_ words: [String]) {
        switch (words.first, words.count) {
        case ("listening", 3):
            ephemeralPort = Digits.count(words[1]).flatMap { (1...65535).contains($0) ? $0 : nil }
            switch Self.halves(words[2]) {
            case ("open", _): rendezvous = .value(true)
            case ("busy", _): rendezvous = .unknown("the port is in use")
            case ("failed", let reason?): rendezvous = .unknown(reason)
            default: rendezvous = .notAsked
            }
        case ("failed", 2): failure = Self.text(words[1])
        case ("way", 5):
            guard let peer = Digits.count(words[1]) else { return }
            outcomes[peer] = Outcome(
                rendezvous: Self.connection(words[2]),
                ephemeral: Self.connection(words[3]),
                packets: Self.packets(words[4])
            )
        case ("done", 1): isDone = true
        default: break
        }
    }

    private static func connection(_ word: String) -> Known<ReachabilityGrid.Connection> {
        switch halves(word) {
        case ("open", _): .value(.open)
        case ("refused", _): .value(.refused)
        case ("silent", _): .value(.timedOut)
        case ("unreachable", let reason?): .value(.unreachable(reason))
        default: .notAsked
        }
    }

    private static func packets(_ word: String) -> Known<ReachabilityGrid.Packets> {
        switch halves(word) {
        case ("passed", let size?): Digits.count(size).map { .value(.passed($0)) } ?? .notAsked
        case ("lost", let limit?): .value(.tooLong(limit: Digits.count(limit)))
        case ("lost", nil): .value(.lost)
        default: .notAsked
        }
    }

    private static func halves(_ word: String) -> (name: String, rest: String?) {
        guard let colon = word.firstIndex(of: ":") else { return (word, nil) }
        return (String(word[..<colon]), text(word[word.index(after: colon)...]))
    }

    /// Blanks travel as `_`.
    private static func text(_ word: some StringProtocol) -> String {
        String(word.prefix(80).map { $0 == "_" ? " " : $0 })
    }
}
