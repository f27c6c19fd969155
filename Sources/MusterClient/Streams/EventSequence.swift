import AsyncHTTPClient
import FoundationEssentials
package import MusterAPI

/// Events as they happen, each once and in order.
///
/// A connection that ends, for whatever reason, is opened again from the last event that was delivered. Only a daemon
/// that stays away for longer than the patience, and one that refuses, end the sequence with an error.
package struct EventSequence: AsyncSequence, Sendable {
    package typealias Element = EventRecord

    let client: DaemonClient
    let deployment: String?
    let after: Int64
    let patience: Duration

    package func makeAsyncIterator() -> Iterator { Iterator(sequence: self) }

    package struct Iterator: AsyncIteratorProtocol {
        private static let pauses: [Duration] = [.milliseconds(100), .milliseconds(300), .seconds(1), .seconds(2)]

        private let sequence: EventSequence
        private var cursor: Int64
        private var lines: LineSequence.Iterator?
        private var parser = EventStreamParser()
        private var lastContact = ContinuousClock.now
        private var attempts = 0

        fileprivate init(sequence: EventSequence) {
            self.sequence = sequence
            cursor = sequence.after
        }

        package mutating func next(isolation actor: isolated (any Actor)?) async throws(ClientError) -> EventRecord? {
            while true {
                do throws(ClientError) {
                    if let record = try await read(isolation: actor) { return record }
                    // The daemon ended the stream: it stops.
                    lines = nil
                } catch {
                    lines = nil
                    try judge(error)
                }
                try await pause()
            }
        }

        /// The next event of this connection, or nothing at its end.
        private mutating func read(isolation actor: isolated (any Actor)?) async throws(ClientError) -> EventRecord? {
            if lines == nil {
                lines = try await open()
                parser = EventStreamParser()
            }
            while let line = try await lines?.next(isolation: actor) {
                lastContact = .now
                attempts = 0
                guard let message = parser.take(line) else { continue }
                let record = try decode(message)
                // An event that is not newer was delivered before.
                guard record.id > cursor else { continue }
                cursor = record.id
                return record
            }
            return nil
        }

        private func open() async throws(ClientError) -> LineSequence.Iterator {
            var request = DaemonClient.events(of: sequence.deployment)
            request.headers = [("Accept", "text/event-stream"), ("Last-Event-ID", "\(cursor)")]
            let response = try await sequence.client.stream(request, sequence.client.eventHTTP)
            return LineSequence(response.body, sequence.client.address).makeAsyncIterator()
        }

        private func decode(_ message: EventStreamParser.Message) throws(ClientError) -> EventRecord {
            do {
                return try JSONDecoder().decode(EventRecord.self, from: Data(message.data.utf8))
            } catch {
                throw ClientError(error, at: sequence.client.address)
            }
        }

        /// Lets pass what another attempt may cure.
        private func judge(_ error: ClientError) throws(ClientError) {
            let isPassing =
                switch error.code {
                case .noSocket, .refused, .lost, .timedOut: true
                case .problem: error.problem?.kind == .unavailable
                default: false
                }
            guard isPassing, ContinuousClock.now - lastContact < sequence.patience else { throw error }
        }

        private mutating func pause() async throws(ClientError) {
            let pause = Self.pauses[Swift.min(attempts, Self.pauses.count - 1)]
            attempts += 1
            do {
                try await Task.sleep(for: pause)
            } catch {
                throw ClientError(.cancelled, "cancelled")
            }
        }
    }
}
