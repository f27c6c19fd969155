/// Reads HTML as strictly as XML: what is open must be closed, in order, and every value stands between quotes.
struct MarkupReader {
    /// The first thing that is wrong.
    private(set) var fault: String?
    /// Names of elements, each time one begins.
    private(set) var elements: [String] = []
    /// All values of attributes, by the names of these.
    private(set) var attributes: [String: [String]] = [:]
    /// The text between the elements, entities as they are written.
    private(set) var text = ""

    private static let empty: Set<String> = ["meta", "!DOCTYPE"]

    init(_ html: String) { read(html) }

    private mutating func read(_ html: String) {
        var open: [String] = []
        var rest = Substring(html)
        while let start = rest.firstIndex(of: "<") {
            text += rest[..<start]
            rest = rest[start...].dropFirst()
            guard let end = Self.end(of: rest) else { return fail("a tag without its end: \(rest.prefix(40))") }
            let tag = rest[..<end]
            rest = rest[end...].dropFirst()
            if tag.hasPrefix("/") {
                guard open.popLast() == String(tag.dropFirst()) else { return fail("<\(tag)> closes nothing") }
                continue
            }
            let isClosed = tag.hasSuffix("/")
            let body = isClosed ? tag.dropLast() : tag
            let name = String(body.prefix { $0 != " " })
            elements.append(name)
            guard readAttributes(body.dropFirst(name.count)) else { return fail("attributes of <\(tag)>") }
            if !isClosed, !Self.empty.contains(name) { open.append(name) }
            if name == "style" {
                // Not markup up to its end.
                guard let close = rest.firstRange(of: "</style>") else { return fail("a style without end") }
                rest = rest[close.lowerBound...]
            }
        }
        if !open.isEmpty { fail("not closed: \(open)") }
    }

    private mutating func fail(_ text: String) { fault = fault ?? text }

    /// The next `>` that is not part of a value.
    private static func end(of rest: Substring) -> Substring.Index? {
        var isQuoted = false
        for index in rest.indices {
            if rest[index] == "\"" { isQuoted.toggle() }
            if rest[index] == ">", !isQuoted { return index }
            if rest[index] == "<" { return nil }
        }
        return nil
    }

    private mutating func readAttributes(_ text: Substring) -> Bool {
        var rest = text.drop { $0 == " " }
        while !rest.isEmpty {
            if rest == "html" { return true }
            guard let open = rest.firstRange(of: "=\"") else { return false }
            let name = String(rest[..<open.lowerBound])
            let value = rest[open.upperBound...].prefix { $0 != "\"" }
            guard !name.contains(" "), value.endIndex < rest.endIndex else { return false }
            attributes[name, default: []].append(String(value))
            rest = rest[value.endIndex...].dropFirst().drop { $0 == " " }
        }
        return true
    }
}
