package import MusterSpec

/// An HTTP/1.1 response, read from the bytes of a connection that is closed after it.
///
/// The probes run over an SSH channel, which no HTTP client takes for a transport; they need a status and a body.
package struct HTTPResponse: Hashable, Sendable {
    package let status: Int
    package let body: [UInt8]

    /// More than any probe's answer has a use for.
    package static let limit = 1 << 20

    /// The response, once it is complete; nothing while bytes are missing.
    ///
    /// - Parameters:
    ///   - bytes: All bytes so far.
    ///   - isClosed: Whether the server has closed the connection, which ends a body of unstated length.
    package init?(_ bytes: [UInt8], isClosed: Bool) {
        guard let headEnd = Self.headEnd(bytes) else { return nil }
        let head = String(decoding: bytes[..<headEnd], as: UTF8.self)
        let lines = head.split(whereSeparator: \.isNewline)
        let words = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { return nil }
        let body = bytes[(headEnd + 4)...]
        self.status = status
        let headers = lines.dropFirst().map { $0.lowercased() }
        if let length = headers.first(where: { $0.hasPrefix("content-length:") })
            .flatMap({ Int($0.dropFirst("content-length:".count).filter { $0 != " " }) })
        {
            guard length >= 0, body.count >= length else { return nil }
            self.body = Array(body.prefix(length))
        } else if headers.contains(where: { $0.hasPrefix("transfer-encoding:") && $0.contains("chunked") }) {
            guard let whole = Self.unchunked(body) else { return nil }
            self.body = whole
        } else {
            guard isClosed else { return nil }
            self.body = Array(body)
        }
    }

    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        let mark: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a]
        guard bytes.count >= mark.count else { return nil }
        return (0...(bytes.count - mark.count)).first { bytes[$0] == 0x0d && bytes[$0..<($0 + 4)].elementsEqual(mark) }
    }

    private static func unchunked(_ body: ArraySlice<UInt8>) -> [UInt8]? {
        var rest = body
        var whole: [UInt8] = []
        while let lineEnd = rest.firstIndex(of: 0x0a) {
            let size = String(decoding: rest[..<lineEnd], as: UTF8.self).prefix { $0.isHexDigit }
            guard let length = Int(size, radix: 16), length <= limit else { return nil }
            if length == 0 { return whole }
            let start = lineEnd + 1
            guard rest.endIndex >= start + length + 2 else { return nil }
            whole += rest[start..<(start + length)]
            rest = rest[(start + length + 2)...]
        }
        return nil
    }
}

/// Puts a response together from what a connection brings, up to the limit.
struct HTTPReader: Sendable {
    private var received: [UInt8] = []

    /// The response, once these bytes complete it.
    mutating func take(_ bytes: [UInt8]) throws(ProbeProblem) -> HTTPResponse? {
        received += bytes
        guard received.count <= HTTPResponse.limit else { throw ProbeProblem("the answer is larger than 1 MiB") }
        return HTTPResponse(received, isClosed: false)
    }

    /// What the end of the connection completes.
    func end() throws(ProbeProblem) -> HTTPResponse {
        if let response = HTTPResponse(received, isClosed: true) { return response }
        let isSilent = received.isEmpty
        throw ProbeProblem(
            isSilent ? "the connection was closed without an answer" : "the answer is no whole HTTP response"
        )
    }
}

/// A request whose connection is closed after the answer.
package struct HTTPRequest: Hashable, Sendable {
    package var method: String
    package var path: String
    package var host: String
    package var bearer: Redacted?
    package var body: [UInt8]?

    package init(_ method: String, _ path: String, host: String, bearer: Redacted? = nil, body: [UInt8]? = nil) {
        self.method = method
        self.path = path
        self.host = host
        self.bearer = bearer
        self.body = body
    }

    package var bytes: [UInt8] {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\nAccept: */*\r\n"
        if let bearer { head += "Authorization: Bearer \(bearer.revealed())\r\n" }
        if let body { head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n" }
        return Array((head + "\r\n").utf8) + (body ?? [])
    }
}
