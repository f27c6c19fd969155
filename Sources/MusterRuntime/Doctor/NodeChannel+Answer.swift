import MusterSSH
import MusterSpec

extension NodeChannel {
    /// Reads until there is enough, until the program ended, or until the time is over: then the channel is closed.
    ///
    /// - Parameters:
    ///   - limit: How long to wait.
    ///   - largest: As much as is read, in bytes: beyond it a program has gone astray.
    ///   - isEnough: Judges what has come, each time that more comes.
    /// - Returns: What came, and what ended it before there was enough.
    func answer(
        within limit: Duration,
        largest: Int = 32 << 20,
        isEnough: @escaping @Sendable ([UInt8]) -> Bool
    ) async -> (bytes: [UInt8], error: SSHError?) {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await Task.sleep(for: limit)
                    // Closing is what ends a read that nothing answers.
                    await close()
                } catch {
                    // There was enough in time.
                }
            }
            defer { group.cancelAll() }
            var bytes: [UInt8] = []
            do throws(SSHError) {
                while bytes.count < largest, let more = try await read() {
                    bytes += more
                    if isEnough(bytes) { break }
                }
                return (bytes, nil)
            } catch {
                return (bytes, error)
            }
        }
    }
}
