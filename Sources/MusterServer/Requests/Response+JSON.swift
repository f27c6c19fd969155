import FoundationEssentials
import Hummingbird
import MusterAPI

extension Response {
    /// A resource, or several.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        Response(status: status, type: "application/json", bytes: try JSONLine.encode(value))
    }

    /// JSON as it is.
    static func json(_ raw: RawJSON) -> Response {
        Response(status: .ok, type: "application/json", bytes: ByteBuffer(string: raw.text))
    }

    /// A failure, in the form of all failures.
    static func problem(_ problem: Problem) throws -> Response {
        let bytes = try JSONLine.encode(problem)
        var response = Response(status: .init(code: problem.status), type: "application/problem+json", bytes: bytes)
        if problem.kind == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        return response
    }

    private init(status: HTTPResponse.Status, type: String, bytes: ByteBuffer) {
        self.init(
            status: status,
            headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: bytes)
        )
    }
}

/// JSON on one line, the same bytes for the same value.
enum JSONLine {
    static func encode(_ value: some Encodable) throws -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return ByteBuffer(bytes: try encoder.encode(value))
    }
}
