import AsyncHTTPClient
import NIOCore

/// The lines of a body, as they come.
package struct LineSequence: AsyncSequence, Sendable {
    package typealias Element = String

    private let body: HTTPClientResponse.Body
    private let address: DaemonAddress

    init(_ body: HTTPClientResponse.Body, _ address: DaemonAddress) {
        self.body = body
        self.address = address
    }

    package func makeAsyncIterator() -> Iterator { Iterator(pieces: body.makeAsyncIterator(), address: address) }

    package struct Iterator: AsyncIteratorProtocol {
        private var pieces: HTTPClientResponse.Body.AsyncIterator
        private let address: DaemonAddress
        private var splitter = LineSplitter()
        private var isAtEnd = false

        fileprivate init(pieces: HTTPClientResponse.Body.AsyncIterator, address: DaemonAddress) {
            self.pieces = pieces
            self.address = address
        }

        package mutating func next(isolation actor: isolated (any Actor)?) async throws(ClientError) -> String? {
            while !isAtEnd {
                if let line = splitter.next() { return line }
                guard !splitter.isTooLong else { throw ClientError(.unexpected, "a line of the answer has no end") }
                do {
                    guard let piece = try await pieces.next(isolation: actor) else {
                        isAtEnd = true
                        break
                    }
                    splitter.feed(piece.readableBytesView)
                } catch {
                    throw ClientError(error, at: address)
                }
            }
            return splitter.rest()
        }
    }
}
