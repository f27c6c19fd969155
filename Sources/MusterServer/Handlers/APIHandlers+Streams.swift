import Hummingbird
import MusterAPI
import NIOCore

extension APIHandlers {
    private static let pageSizes = 1...1000

    /// A page of events, or a stream for whoever accepts one.
    func events(_ request: Request, _ context: APIContext, of deployment: String?) async throws -> Response {
        let last = try request.header("Last-Event-ID").flatMap { text -> Int? in
            guard let id = Int(text), id >= 0 else { throw Problem(.malformed, "`Last-Event-ID` is no number") }
            return id
        }
        let after = try Int64(last ?? request.number("after") ?? 0)
        guard request.headers[.accept]?.contains("text/event-stream") == true else {
            let limit = try request.number("limit") ?? 100
            guard Self.pageSizes.contains(limit) else { throw Problem(.malformed, "`limit` is not within 1 and 1000") }
            if let before = try request.number("before") {
                guard try request.number("after") == nil, last == nil else {
                    throw Problem(.malformed, "`before` and `after` cannot be used together")
                }
                let events = try await service.events(before: Int64(before), of: deployment, limit: limit)
                return try .json(EventPage(events, after: 0))
            }
            return try .json(EventPage(await service.events(after: after, of: deployment, limit: limit), after: after))
        }
        let stream = EventStream(
            service: service,
            deployment: deployment,
            after: after,
            heartbeat: settings.heartbeat
        )
        let encode = { @Sendable item in try EventStream.encode(item) }
        return streams.response(on: context.channel, type: "text/event-stream", encode: encode) {
            try await stream.run($0)
        }
    }

    /// Lines of logs, as they are.
    func logs(_ request: Request, _ context: APIContext) async throws -> Response {
        let query = LogQuery(
            replica: try request.number("replica"),
            nodeRank: try request.number("node_rank"),
            generation: try request.number("generation"),
            lines: try request.number("lines") ?? 100,
            follow: try request.flag("follow")
        )
        let lines = try await service.logs(of: context.name("name"), query)
        let encode = { @Sendable (lines: [String]) in ByteBuffer(string: lines.map { $0 + "\n" }.joined()) }
        return streams.response(on: context.channel, type: "text/plain; charset=utf-8", encode: encode, produce: lines)
    }

    /// A command's lines and ends, one JSON object a line.
    func exec(_ request: Request, _ context: APIContext) async throws -> Response {
        let (name, asker) = (try context.name("name"), try context.asker())
        let wanted = try await request.resource(ExecRequest.self, limit: settings.bodyLimit)
        let records = try await service.exec(wanted, on: name, by: asker)
        let encode = { @Sendable (record: ExecRecord) in
            var line = try JSONLine.encode(record)
            line.writeString("\n")
            return line
        }
        return streams.response(on: context.channel, type: "application/x-ndjson", encode: encode, produce: records)
    }
}
