/// Colour for one stream, decided once per stream: errors may go to a terminal while data goes to a pipe.
package struct Style: Sendable {
    private let isColoured: Bool

    package init(isColoured: Bool) { self.isColoured = isColoured }

    /// No escapes at all.
    package static let plain = Style(isColoured: false)

    /// What a stream should get, by the conventions of `NO_COLOR` and `TERM=dumb`.
    package static func suitable(isTerminal: Bool, environment: [String: String]) -> Style {
        let refused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return Style(isColoured: isTerminal && !refused && environment["TERM"] != "dumb")
    }

    /// A rank, a name, something to look at.
    package func strong(_ text: String) -> String { paint(text, "1") }
    /// An error, a dead process.
    package func bad(_ text: String) -> String { paint(text, "1;31") }
    /// A warning, something slow.
    package func doubtful(_ text: String) -> String { paint(text, "33") }
    /// Healthy, done.
    package func good(_ text: String) -> String { paint(text, "32") }
    /// What is read last.
    package func faint(_ text: String) -> String { paint(text, "2") }

    /// ECMA-48 SGR. Five attributes are all there is; a colour library would decide for all streams at once.
    private func paint(_ text: String, _ attributes: String) -> String {
        isColoured && !text.isEmpty ? "\u{1B}[\(attributes)m\(text)\u{1B}[0m" : text
    }
}
