/// Who waits for what on one stream; each is told exactly once.
struct StreamCallers {
    typealias Outcome = Result<SSHExecResult.Exit, SSHError>

    private var opening: ((Result<Void, SSHError>) -> Void)?
    private var isOpen = false
    private var readers: [(id: Int, resume: (Result<[UInt8]?, SSHError>) -> Void)] = []
    private var watchers: [(id: Int, resume: (Outcome) -> Void)] = []

    mutating func whenOpen(_ resume: @escaping (Result<Void, SSHError>) -> Void) { opening = resume }

    mutating func read(_ id: Int, _ resume: @escaping (Result<[UInt8]?, SSHError>) -> Void) {
        readers.append((id, resume))
    }

    mutating func whenEnded(_ id: Int, _ resume: @escaping (Outcome) -> Void) { watchers.append((id, resume)) }

    /// The task that waits under `id` was cancelled.
    mutating func cancel(_ id: Int, _ error: SSHError) {
        if let index = readers.firstIndex(where: { $0.id == id }) {
            readers.remove(at: index).resume(.failure(error))
        } else if let index = watchers.firstIndex(where: { $0.id == id }) {
            watchers.remove(at: index).resume(.failure(error))
        }
    }

    mutating func opened(_ outcome: Result<Void, SSHError>) {
        opening?(outcome)
        opening = nil
    }

    mutating func ended(_ outcome: Outcome) {
        if case .failure(let error) = outcome { opened(.failure(error)) }
        let told = watchers
        watchers = []
        for watcher in told { watcher.resume(outcome) }
    }

    /// Gives buffered output to readers, and the end to those for whom nothing is left.
    mutating func deliver(from output: inout OutputBuffer, ended: Outcome?) {
        while !readers.isEmpty {
            if !output.bytes.isEmpty {
                readers.removeFirst().resume(.success(output.take()))
            } else if let ended {
                readers.removeFirst().resume(ended.map { _ in nil })
            } else {
                return
            }
        }
    }
}
