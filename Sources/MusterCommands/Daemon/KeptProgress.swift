import MusterAPI
import MusterClient
import MusterRuntime
import MusterTerminal

/// Shows on a terminal where the units of a deployment are, while its events tell the steps.
struct KeptProgress: Sendable {
    let client: DaemonClient
    let name: String
    let console: Console

    /// Every look asks all nodes, and a start takes minutes.
    private static let interval = Duration.seconds(2)

    /// Runs something with the units' progress on the terminal; without a terminal there is nothing to redraw.
    func during<Value: Sendable>(
        _ work: @escaping @concurrent @Sendable () async throws -> Value
    ) async throws -> Value {
        guard console.isLive else { return try await work() }
        let began = ContinuousClock.now
        // Behind the group: a frame that is being drawn when the work ends is taken away, too.
        defer { console.clear() }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                while true {
                    try await Task.sleep(for: Self.interval)
                    await draw(since: began)
                }
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    private func draw(since began: ContinuousClock.Instant) async {
        // What cannot be asked this time is asked again in a while.
        guard let status = try? await DeploymentStatus(reading: client.status(of: name).text), !Task.isCancelled else {
            return
        }
        let replicas = status.replicas
        let views = replicas.enumerated().map { index, replica in
            StartView(
                status: replica,
                replica: (index, replicas.count),
                elapsed: .now - began,
                width: console.width,
                style: console.talk.style
            )
        }
        console.show(views.flatMap(\.lines))
    }
}
