import FoundationEssentials
package import MusterAPI

/// What a command writes on the nodes, and how it ends there.
package struct ExecSequence: AsyncSequence, Sendable {
    package typealias Element = ExecRecord

    let lines: LineSequence
    let address: DaemonAddress

    package func makeAsyncIterator() -> Iterator { Iterator(lines: lines.makeAsyncIterator(), address: address) }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate var lines: LineSequence.Iterator
        fileprivate let address: DaemonAddress

        package mutating func next(isolation actor: isolated (any Actor)?) async throws(ClientError) -> ExecRecord? {
            guard let line = try await lines.next(isolation: actor) else { return nil }
            do {
                return try JSONDecoder().decode(ExecRecord.self, from: Data(line.utf8))
            } catch {
                throw ClientError(error, at: address)
            }
        }
    }
}
