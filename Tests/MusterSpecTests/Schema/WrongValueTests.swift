import MusterSpec
import Testing

/// Made from the field table: a key added there is tested here without another line.
@Suite("Wrong kinds of value behind every key")
struct WrongValueTests {
    /// One place a value may stand, and a line of YAML with a hole there.
    struct Place: CustomTestStringConvertible {
        var path: String
        var root: String
        var kind: FieldKind
        var example: String
        var before: String
        var after: String

        var testDescription: String { path }

        func file(_ value: String) -> String {
            let lines = DiagnosticPage.Example.base.split(separator: "\n").filter {
                $0.prefix { $0 != ":" } != root[...]
            }
            return (lines.map(String.init) + [before + value + after]).joined(separator: "\n") + "\n"
        }

        /// The line the value stands on.
        var line: Int { file("x").split(separator: "\n").count }
    }

    static let places: [Place] = ClusterFields.root.flatMap { field in
        below(
            Place(
                path: field.name,
                root: field.name,
                kind: field.kind,
                example: field.example,
                before: "\(field.name): ",
                after: ""
            )
        )
    }

    private static func below(_ place: Place) -> [Place] {
        var inner: [Place] = []
        switch place.kind {
        case .mapping(let fields), .scalarOrMapping(_, let fields):
            for field in fields {
                let others = fields.filter { $0.isRequired && $0.name != field.name }.map {
                    "\($0.name): \($0.example), "
                }
                var next = place
                next.path += ".\(field.name)"
                next.kind = field.kind
                next.example = field.example
                next.before += "{" + others.joined() + "\(field.name): "
                next.after = "}" + place.after
                inner.append(next)
            }
        case .table(let element):
            var next = place
            next.path += ".NAME"
            next.kind = element
            next.example = example(of: element)
            next.before += "{NAME: "
            next.after = "}" + place.after
            inner.append(next)
        case .list(let element):
            var next = place
            next.path += "[]"
            next.kind = element
            next.example = example(of: element)
            next.before += "["
            next.after = "]" + place.after
            inner.append(next)
        default: break
        }
        return [place] + inner.flatMap(below)
    }

    private static func example(of kind: FieldKind) -> String {
        switch kind {
        case .mapping: "{env: HF_TOKEN}"
        case .scalarOrMapping: "10.0.0.1"
        default: "word"
        }
    }

    enum Candidate: String, CaseIterable {
        case mapping = "{zz: 1}"
        case list = "[zz]"
        case empty = ""
        case null = "null"
        case tilde = "~"
        case text = "hello world!"
        case number = "7"
        case boolean = "true"
        case control = "\"a\\tb\""
        case nul = "\"a\\0b\""
    }

    /// Whether a kind takes a candidate, said once more in another way than the decoder says it.
    static func takes(_ kind: FieldKind, _ candidate: Candidate) -> Bool {
        switch (kind, candidate) {
        case (_, .empty), (_, .null), (_, .tilde), (_, .nul): false
        case (.flagValue, _): true
        case (.scalarOrMapping(let scalar, _), _): takes(scalar, candidate)
        case (.list(let element), .list): takes(element, .text) || takesWord(element)
        case (.table(let element), .mapping): takes(element, .number)
        case (_, .mapping), (_, .list), (_, .control): false
        case (.text, _): true
        case (.integer, .number), (.integerOrChoice, .number), (.byteCount, .number): true
        case (.deploymentName, .number), (.deploymentName, .boolean): true
        case (.interface, .number), (.interface, .boolean), (.host, .number), (.host, .boolean): true
        case (.boolean, .boolean): true
        default: false
        }
    }

    private static func takesWord(_ kind: FieldKind) -> Bool {
        switch kind {
        case .text, .interface, .host, .deploymentName: true
        case .scalarOrMapping(let scalar, _): takesWord(scalar)
        default: false
        }
    }

    @Test("a wrong kind is reported on its line, with what was expected and a hint", arguments: places)
    func wrong(_ place: Place) {
        // Nothing between the brackets of a list is an empty list and no entry.
        for candidate in Candidate.allCases where !(candidate == .empty && place.path.hasSuffix("[]")) {
            let here = diagnostics(place.file(candidate.rawValue)).filter { diagnostic in
                (200..<300).contains(diagnostic.code.number) && diagnostic.span?.line == place.line
            }
            if Self.takes(place.kind, candidate) {
                #expect(here.isEmpty, "\(place.path): \(candidate) should be taken, got \(here)")
            } else {
                #expect(!here.isEmpty, "\(place.path): \(candidate) should be refused")
                let complete = here.allSatisfy { $0.expected != nil && $0.hint != nil && $0.severity == .error }
                #expect(complete, "\(place.path): \(candidate) gives \(here)")
            }
        }
    }

    @Test("the example of every key is taken", arguments: places)
    func examples(_ place: Place) {
        let wrong = diagnostics(place.file(place.example)).filter {
            $0.span?.line == place.line && $0.code.number < 300
        }
        #expect(wrong.isEmpty, "\(place.path): \(wrong)")
    }

    @Test("the table reaches every level")
    func levels() {
        #expect(Self.places.count > 90)
        #expect(Self.places.contains { $0.path == "nodes[].ssh.connect_timeout" })
        #expect(Self.places.contains { $0.path == "runtime.docker.mounts[]" })
    }
}
