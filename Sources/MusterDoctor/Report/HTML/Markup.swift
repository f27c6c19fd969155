/// HTML that is being written. Every text and every value is escaped, every element that is opened is closed: nothing
/// that a node says can become markup.
struct Markup {
    private(set) var text = ""

    /// Elements whose end is also the end of a line, so that the page can be read as text.
    private static let blocks: Set<String> = [
        "html", "head", "body", "header", "main", "footer", "section", "article", "figure", "details", "summary",
        "table",
        "thead", "tbody", "tr", "caption", "ol", "ul", "li", "dl", "dd", "h1", "h2", "h3", "p", "div", "svg", "g",
        "desc",
        "title", "style", "polyline", "rect", "text", "meta",
    ]

    /// An element with what the closure writes into it.
    mutating func element(
        _ name: StaticString,
        _ attributes: KeyValuePairs<StaticString, String> = [:],
        _ content: (inout Markup) -> Void
    ) {
        open(name, attributes, end: ">")
        content(&self)
        text += "</\(name)>"
        endLine(name)
    }

    /// An element with a text.
    mutating func element(
        _ name: StaticString,
        _ attributes: KeyValuePairs<StaticString, String> = [:],
        text content: String
    ) {
        element(name, attributes) { $0.write(content) }
    }

    /// An element that has no content: `<meta>` and shapes.
    mutating func empty(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:]) {
        open(name, attributes, end: name.description == "meta" ? ">" : "/>")
        endLine(name)
    }

    /// A text.
    mutating func write(_ content: String) {
        for scalar in content.unicodeScalars { text.unicodeScalars.append(contentsOf: Self.escaped(scalar)) }
    }

    /// What this program itself says, such as a style sheet, which browsers do not unescape.
    mutating func writeVerbatim(_ content: StaticString) { text += content.description }

    private mutating func open(
        _ name: StaticString,
        _ attributes: KeyValuePairs<StaticString, String>,
        end: String
    ) {
        text += "<\(name)"
        for (key, value) in attributes {
            text += " \(key)=\""
            write(value)
            text += "\""
        }
        text += end
    }

    private mutating func endLine(_ name: StaticString) {
        if Self.blocks.contains(name.description) { text += "\n" }
    }

    /// Control characters have no place in HTML, and those that turn the direction of text could hide what it says.
    private static func escaped(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
        switch scalar {
        case "&": "&amp;".unicodeScalars
        case "<": "&lt;".unicodeScalars
        case ">": "&gt;".unicodeScalars
        case "\"": "&quot;".unicodeScalars
        case "'": "&#39;".unicodeScalars
        case "\n", "\t": String(scalar).unicodeScalars
        case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}":
            "\u{fffd}".unicodeScalars
        default: String(scalar).unicodeScalars
        }
    }
}
