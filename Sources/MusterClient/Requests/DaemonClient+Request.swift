import AsyncHTTPClient
import FoundationEssentials
import MusterAPI
import NIOCore
import NIOHTTP1

/// One question.
struct DaemonRequest: Sendable {
    var operation: Operation
    var path: String
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body: ByteBuffer?

    /// - Parameters:
    ///   - operation: What is asked.
    ///   - name: What the path names, where it names something.
    init(_ operation: Operation, _ name: String = "") {
        self.operation = operation
        path = operation.route.path(name)
    }

    func with(_ body: some Encodable) throws(ClientError) -> DaemonRequest {
        var request = self
        do {
            request.body = ByteBuffer(bytes: try JSONEncoder().encode(body))
        } catch {
            throw ClientError(.unexpected, "the request cannot be written: \(error)")
        }
        return request
    }
}

extension DaemonClient {
    /// The longest answer that is no stream.
    private static let answerLimit = 64 << 20
    private static let problemLimit = 1 << 20

    /// The whole body of an answer.
    func bytes(_ request: DaemonRequest) async throws(ClientError) -> ByteBuffer {
        try await within(deadline) { client in
            try await client.open(request, client.http).body.collect(upTo: Self.answerLimit)
        }
    }

    /// The resource that answers.
    func resource<Answer: Decodable>(
        _ request: DaemonRequest,
        _ type: Answer.Type = Answer.self
    )
        async throws(ClientError) -> Answer
    {
        let bytes = try await bytes(request)
        do {
            return try JSONDecoder().decode(type, from: Data(bytes.readableBytesView))
        } catch {
            throw ClientError(error, at: address)
        }
    }

    func rawJSON(_ request: DaemonRequest) async throws(ClientError) -> RawJSON {
        RawJSON(String(buffer: try await bytes(request)))
    }

    /// An answer whose body is still to come; its beginning has to come in time.
    func stream(_ request: DaemonRequest, _ http: HTTPClient) async throws(ClientError) -> HTTPClientResponse {
        try await within(deadline) { try await $0.open(request, http) }
    }

    /// The beginning of an answer that is a success.
    private func open(_ request: DaemonRequest, _ http: HTTPClient) async throws -> HTTPClientResponse {
        let response = try await http.execute(message(request), deadline: .distantFuture)
        guard let version = response.headers.first(name: APIVersion.header) else {
            throw ClientError(.unexpected, "what answers at `\(address.text)` is no musterd")
        }
        note(daemon: version)
        guard !(200..<300).contains(response.status.code) else { return response }
        let body = try await response.body.collect(upTo: Self.problemLimit)
        throw ClientError(try JSONDecoder().decode(Problem.self, from: Data(body.readableBytesView)))
    }

    private func message(_ request: DaemonRequest) throws -> HTTPClientRequest {
        let query = request.query.map { "\(Route.encoded($0.name))=\(Route.encoded($0.value))" }.joined(separator: "&")
        let uri = request.path + (query.isEmpty ? "" : "?" + query)
        guard case .socket(let path) = address, let url = URL(httpURLWithSocketPath: path, uri: uri) else {
            throw ClientError(.noSocket, "`\(address.text)` is no path of a socket")
        }
        var message = HTTPClientRequest(url: url.absoluteString)
        message.method = HTTPMethod(rawValue: request.operation.route.method.rawValue)
        message.headers.add(name: APIVersion.header, value: release)
        for header in request.headers { message.headers.add(name: header.name, value: header.value) }
        if let body = request.body {
            message.headers.add(name: "Content-Type", value: "application/json")
            message.body = .bytes(body)
        }
        return message
    }

    /// Runs a question for so long at most; what comes later is not waited for.
    private func within<Answer: Sendable>(
        _ limit: Duration,
        _ ask: @escaping @Sendable (DaemonClient) async throws -> Answer
    ) async throws(ClientError) -> Answer {
        do {
            return try await withThrowingTaskGroup { group in
                group.addTask { try await ask(self) }
                group.addTask { [address] in
                    try await Task.sleep(for: limit)
                    throw ClientError(.timedOut, "the daemon at `\(address.text)` did not answer within \(limit)")
                }
                defer { group.cancelAll() }
                guard let answer = try await group.next() else { throw CancellationError() }
                return answer
            }
        } catch {
            throw ClientError(error, at: address)
        }
    }
}
