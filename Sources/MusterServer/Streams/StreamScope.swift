import Hummingbird
import MusterAPI
import MusterMetrics
import NIOCore
import ServiceLifecycle

/// Makes answers that go on for as long as their client, their producer and the daemon do.
struct StreamScope: Sendable {
    let openStreams: MetricGauge

    /// An answer that is written while it is produced.
    ///
    /// The producer's task is cancelled when the client closes the connection and when the daemon stops, so both end
    /// the stream also when the producer waits or the client does not read. Nothing is kept for a client that does not
    /// read: the producer waits in `write`.
    ///
    /// - Parameters:
    ///   - channel: The connection.
    ///   - type: The media type.
    ///   - encode: Turns what is produced into bytes.
    ///   - produce: Writes what there is.
    /// - Returns: The answer.
    func response<Element: Sendable>(
        on channel: any Channel,
        type: String,
        encode: @escaping @Sendable (Element) throws -> ByteBuffer,
        produce: @escaping Producer<Element>
    ) -> Response {
        let body = ResponseBody { [openStreams] writer in
            openStreams.add(1)
            defer { openStreams.add(-1) }
            // The writer is a handle on the channel, which takes writes from anywhere; its protocol does not say so.
            nonisolated(unsafe) let output = writer
            let isWhole = try await Self.race(on: channel) {
                try await produce { element in
                    nonisolated(unsafe) var output = output
                    try await output.write(encode(element))
                }
            }
            let finish: @Sendable () async throws -> Void = {
                nonisolated(unsafe) let output = output
                try await output.finish(nil)
            }
            // A stream that was ended must not be held up by a client that does not read.
            if isWhole { try await finish() } else { try await Self.within(.seconds(1), finish) }
        }
        let headers: HTTPFields = [.contentType: type, .cacheControl: "no-store"]
        return Response(status: .ok, headers: headers, body: body)
    }

    /// Runs a producer until it ends, its client goes or the daemon stops.
    ///
    /// - Returns: Whether it was the producer that ended.
    private static func race(
        on channel: any Channel,
        _ produce: @escaping @Sendable () async throws -> Void
    ) async throws -> Bool {
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await produce()
                return true
            }
            group.addTask {
                await ConnectionEnd.wait(for: channel)
                return false
            }
            group.addTask {
                try await gracefulShutdown()
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? true
        }
    }

    private static func within(_ limit: Duration, _ work: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: limit)
                throw CancellationError()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
