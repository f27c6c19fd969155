/// One entry of the table that the server, the client and the OpenAPI document are made from.
package struct Route: Hashable, Sendable {
    package enum Method: String, Hashable, Sendable {
        case get = "GET"
        case put = "PUT"
        case post = "POST"
        case delete = "DELETE"
    }

    /// What is asked for beside the path.
    package struct Parameter: Hashable, Sendable {
        package enum Place: String, Hashable, Sendable { case path, query, header }

        package let name: String
        package let place: Place
        let type: SchemaType
        let summary: String
    }

    /// What a success looks like.
    package enum Answer: Hashable, Sendable {
        /// The resource of this name, with status 200.
        case resource(String)
        /// `Accepted`, with status 202.
        case accepted
        /// Nothing, with status 204.
        case nothing
        /// JSON of a shape that is described elsewhere.
        case rawJSON
        /// Text of this media type.
        case text(String)
        /// A page of events, or a stream of them for whoever accepts `text/event-stream`.
        case events
        /// One resource of this name a line, as they come.
        case records(String)
    }

    package let operation: Operation
    package let method: Method
    /// With names in braces.
    package let path: String
    package let summary: String
    package let parameters: [Parameter]
    /// The resource that the request brings.
    package let body: String?
    package let answer: Answer

    init(
        _ operation: Operation,
        _ method: Method,
        _ path: String,
        _ summary: String,
        parameters: [Parameter] = [],
        body: String? = nil,
        answer: Answer
    ) {
        self.operation = operation
        self.method = method
        self.path = path
        self.summary = summary
        self.parameters = Parameter.named(in: path) + parameters
        self.body = body
        self.answer = answer
    }

    /// All of them, in the order of the document.
    package static let all = Operation.allCases.map(\.route)
}

extension Route {
    /// The path with its names filled in.
    ///
    /// - Parameter names: A value for each name, in order.
    /// - Returns: The path, ready for a request.
    package func path(_ names: String...) -> String {
        var names = names[...]
        let parts = path.split(separator: "/").map { part in
            part.hasPrefix("{") ? Self.encoded(names.popFirst() ?? "") : String(part)
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The methods that a path has, whatever stands in the place of its names.
    package static func methods(of path: String) -> [Method] {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true)
        return all.filter { route in
            let own = route.path.split(separator: "/")
            return own.count == parts.count && zip(own, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }.map(\.method)
    }

    /// - Parameter text: A part of a path as it came.
    /// - Returns: The part with its characters as they were meant; nothing where it is no text.
    package static func decoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(rest.prefix(2)) ?? "", radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// - Parameter text: A value for a path or a query.
    /// - Returns: The value with all but unreserved characters of RFC 3986 spelled out.
    package static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: return String(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                return "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }.joined()
    }
}

extension Route.Parameter {
    /// The names in a path.
    fileprivate static func named(in path: String) -> [Self] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { part in
            let name = String(part.dropFirst().dropLast())
            return Self(name: name, place: .path, type: .string, summary: summaries[name] ?? "")
        }
    }

    private static let summaries = [
        "name": "The deployment's name.", "node": "The node's name.", "code": "A diagnostic code, such as MUS0605.",
    ]
}
