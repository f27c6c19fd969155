import Yams

/// Reads one YAML scalar by the type of its field, never by what it looks like.
enum ScalarReader {
    struct Problem: Error {
        var code: DiagnosticCode
        var message: String
        var expected: String?
        var hint: String?
    }

    static func isNull(_ scalar: Node.Scalar) -> Bool {
        isPlain(scalar) && ["~", "null", "Null", "NULL"].contains(scalar.string)
    }

    static func isPlain(_ scalar: Node.Scalar) -> Bool { scalar.style == .plain || scalar.style == .any }

    static func read(_ scalar: Node.Scalar, _ kind: FieldKind, at span: SourceSpan) -> Result<FieldValue, Problem> {
        let text = scalar.string
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) {
            return .failure(
                Problem(
                    code: .controlCharacter,
                    message: "holds a control character or a line break",
                    expected: "text on one line",
                    hint: "remove it; only values in `args` may span lines"
                )
            )
        }
        switch kind {
        case .text: return .success(.text(Spanned(text, span)))
        case .integer(let range): return integer(text, range).map { .integer(Spanned($0, span)) }
        case .integerOrChoice(let range, let words):
            return words.contains(text)
                ? .success(.text(Spanned(text, span))) : integer(text, range).map { .integer(Spanned($0, span)) }
        case .boolean:
            guard isPlain(scalar), let value = boolean(text) else {
                return .failure(Problem(code: .wrongType, message: "should be `true` or `false`"))
            }
            return .success(.boolean(Spanned(value, span)))
        case .duration: return parsed(DurationText.parse(text), "is no duration").map { .duration(Spanned($0, span)) }
        case .byteCount: return parsed(ByteCount(text), "is no size").map { .byteCount(Spanned($0, span)) }
        case .address:
            return parsed(IPAddress(text), "is no IP address", hint: "names are not resolved here: write the address")
                .map { .address(Spanned($0, span)) }
        case .deploymentName:
            return parsed(DeploymentName(text), "cannot be used as a name", hint: suggestion(for: text))
                .map { .deploymentName(Spanned($0, span)) }
        case .version: return parsed(EngineVersion(text), "is no release").map { .version(Spanned($0, span)) }
        case .interface:
            // IFNAMSIZ is 16 with its NUL; the kernel refuses `/` and white space (dev_valid_name, net/core/dev.c).
            let valid = text.utf8.count <= 15 && !text.contains("/") && !text.contains(where: \.isWhitespace)
            return parsed(valid ? text : nil, "is no interface name").map { .text(Spanned($0, span)) }
        case .host: return hosts(text).map { .hosts(Spanned($0, span)) }
        case .choice(let words):
            guard words.contains(text) else {
                let meant = Spelling.nearest(to: text, among: words)
                return .failure(
                    Problem(
                        code: .notAChoice,
                        message: "is none of its choices",
                        hint: meant.map { "did you mean `\($0)`?" }
                    )
                )
            }
            return .success(.text(Spanned(text, span)))
        case .mapping, .table, .list, .scalarOrMapping, .flagValue:
            return .failure(Problem(code: .wrongType, message: "should be \(kind.expectation)"))
        }
    }

    static func boolean(_ text: String) -> Bool? {
        switch text {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    private static func integer(_ text: String, _ range: ClosedRange<Int>) -> Result<Int, Problem> {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return .failure(Problem(code: .wrongType, message: "should be a whole number"))
        }
        // YAML 1.1 reads `010` as 8, 1.2 as 10: neither reader of the file should have to know.
        guard digits == "0" || !digits.hasPrefix("0") else {
            let plain = String(digits.drop { $0 == "0" })
            return .failure(
                Problem(
                    code: .malformedValue,
                    message: "starts with a zero, which some readers take for octal",
                    hint: "write `\(plain.isEmpty ? "0" : plain)`"
                )
            )
        }
        guard let value = Int(text), range.contains(value) else {
            return .failure(
                Problem(code: .outOfRange, message: "is out of range", hint: "choose a number in the range")
            )
        }
        return .success(value)
    }

    private static func hosts(_ text: String) -> Result<[String], Problem> {
        do throws(HostRange.Problem) {
            return .success(try HostRange.expand(text))
        } catch {
            let (message, hint): (String, String) =
                switch error {
                case .unbalanced: ("has a bracket without its partner", "write ranges as `node[01-16]`")
                case .empty: ("is empty", "write a host name or address")
                case .notANumber(let part): ("has `\(part)` in a range", "a range is numbers: `[1-4]` or `[1,3,5-7]`")
                case .backwards(let part):
                    ("has a range that runs backwards: `\(part)`", "write the smaller number first")
                case .tooMany(let count):
                    ("stands for \(count) hosts", "one entry may stand for at most \(HostRange.limit)")
                case .badCharacter(let bad):
                    ("holds `\(bad)`, which no host name has", "user and port go into `ssh: {user: ..., port: ...}`")
                }
            return .failure(Problem(code: .malformedValue, message: message, hint: hint))
        }
    }

    private static func parsed<Value>(_ value: Value?, _ message: String, hint: String? = nil) -> Result<Value, Problem>
    {
        guard let value else { return .failure(Problem(code: .malformedValue, message: message, hint: hint)) }
        return .success(value)
    }

    private static func suggestion(for text: String) -> String? {
        let folded = text.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let name = String(String(folded).trimming("-").prefix(63))
        return DeploymentName(name).map { "write `\($0)`" }
    }
}

extension String {
    fileprivate func trimming(_ character: Character) -> Substring {
        var rest = self[...].drop { $0 == character }
        while rest.last == character { rest = rest.dropLast() }
        return rest
    }
}
