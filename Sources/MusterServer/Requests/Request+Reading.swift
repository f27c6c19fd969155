import FoundationEssentials
import Hummingbird
import MusterAPI
import NIOCore

extension Request {
    /// The resource that the request brings.
    ///
    /// - Parameters:
    ///   - type: Its type, whose name is the one in the table of resources.
    ///   - limit: The longest body.
    /// - Returns: The resource.
    /// - Throws: A problem that names the field.
    func resource<Body: Decodable>(_ type: Body.Type, limit: Int) async throws -> Body {
        let buffer: ByteBuffer
        do {
            buffer = try await body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw Problem(.tooLarge, "the body is longer than \(limit) bytes")
        }
        // Nothing at all is an object without fields, for what can be asked without any.
        let data = buffer.readableBytes == 0 ? Data("{}".utf8) : Data(buffer.readableBytesView)
        do {
            try Self.refuseUnknownFields(data, of: "\(type)")
            return try JSONDecoder().decode(type, from: data)
        } catch let error as DecodingError {
            throw Problem(error)
        }
    }

    /// A misspelt field must not be a field left out: `node_rnk` would restart everything.
    private static func refuseUnknownFields(_ data: Data, of resource: String) throws {
        guard let known = OpenAPIDocument.fields(of: resource) else { return }
        for field in try JSONDecoder().decode(FieldNames.self, from: data).names where !known.contains(field) {
            throw Problem(
                .malformed,
                "`\(field)` is no field of \(resource)",
                hint: "the fields are \(known.map { "`\($0)`" }.joined(separator: ", "))"
            )
        }
    }

    /// A whole number of the query that is not negative.
    func number(_ name: String) throws -> Int? {
        guard let text = uri.queryParameters.get(name) else { return nil }
        guard let number = Int(text), number >= 0 else {
            throw Problem(.malformed, "`\(name)` is no number: `\(text)`")
        }
        return number
    }

    /// Yes or no; the name alone is a yes.
    func flag(_ name: String) throws -> Bool {
        switch uri.queryParameters.get(name) {
        case nil, "false", "0": return false
        case "", "true", "1": return true
        case let text?: throw Problem(.malformed, "`\(name)` is neither true nor false: `\(text)`")
        }
    }

    /// A header by its name, however it is written.
    func header(_ name: String) -> String? {
        headers.first { $0.name.canonicalName == name.lowercased() }?.value
    }
}

/// The names of an object's members.
private struct FieldNames: Decodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    let names: [String]

    init(from decoder: any Decoder) throws {
        names = try decoder.container(keyedBy: Key.self).allKeys.map(\.stringValue).sorted()
    }
}

extension Problem {
    /// What is wrong with a body, by the field; never with the value, which may be a secret.
    fileprivate init(_ error: DecodingError) {
        func path(_ context: DecodingError.Context, _ last: (any CodingKey)? = nil) -> String {
            let keys = context.codingPath + (last.map { [$0] } ?? [])
            return keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        }
        let detail =
            switch error {
            case .keyNotFound(let key, let context): "`\(path(context, key))` is missing"
            case .valueNotFound(_, let context): "`\(path(context))` is null"
            case .typeMismatch(_, let context) where context.codingPath.isEmpty: "the body is no JSON object"
            case .typeMismatch(_, let context): "`\(path(context))` is of another type"
            case .dataCorrupted(let context) where context.codingPath.isEmpty: "the body is no JSON"
            case .dataCorrupted(let context): "`\(path(context))`: \(context.debugDescription)"
            @unknown default: "the body cannot be read"
            }
        self.init(.malformed, detail)
    }
}
