/// Who waits for what on one stream; each is told exactly once.
///
/// A class, and each is taken out before it is told: telling one may let go of the last reference to the connection,
/// whose end comes back here.
final class StreamCallers {
    typealias Outcome = Result<SSHExecResult.Exit, SSHError>

    private var opening: ((Result<Void, SSHError>) -> Void)?
    private var isOpen = false
    private var readers: [(id: Int, resume: (Result<[UInt8]?, SSHError>) -> Void)] = []
    private var watchers: [(id: Int, resume: (Outcome) -> Void)] = []

    func whenOpen(_ resume: @escaping (Result<Void, SSHError>) -> Void) { opening = resume }

    func read(_ id: Int, _ resume: @escaping (Result<[UInt8]?, SSHError>) -> Void) {
        readers.append((id, resume))
    }

    func whenEnded(_ id: Int, _ resume: @escaping (Outcome) -> Void) { watchers.append((id, resume)) }

    /// The task that waits under `id` was cancelled.
    func cancel(_ id: Int, _ error: SSHError) {
        if let index = readers.firstIndex(where: { $0.id == id }) {
            readers.remove(at: index).resume(.failure(error))
        } else if let index = watchers.firstIndex(where: { $0.id == id }) {
            watchers.remove(at: index).resume(.failure(error))
        }
    }

    func opened(_ outcome: Result<Void, SSHError>) {
        let resume = opening
        opening = nil
        resume?(outcome)
    }

    func ended(_ outcome: Outcome) {
        if case .failure(let error) = outcome { opened(.failure(error)) }
        let told = watchers
        watchers = []
        for watcher in told { watcher.resume(outcome) }
    }

    /// The reader whose turn it is, taken out of the line.
    func nextReader() -> ((Result<[UInt8]?, SSHError>) -> Void)? {
        readers.isEmpty ? nil : readers.removeFirst().resume
    }
}
