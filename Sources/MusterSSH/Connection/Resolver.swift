import Glibc
import Synchronization

/// Looks names up on threads of its own, because `getaddrinfo` blocks for as long as a name server is silent.
final class Resolver: Sendable {
    typealias Answer = Result<[SocketAddress], Failure>

    /// Why a name has no address.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct Request {
        var host: String
        var port: Int
        var completion: @Sendable (Answer) -> Void
    }

    private struct State {
        var waiting: [Request] = []
        var threads = 0
    }

    static let shared = Resolver()
    // A resolver that hangs must not hold up the names it would answer at once, so several run at a time.
    private static let maximumThreads = 16
    private let state = Mutex(State())

    /// Calls `completion` on any thread, sooner or later; the caller keeps its own deadline.
    func resolve(_ host: String, port: Int, _ completion: @escaping @Sendable (Answer) -> Void) {
        let needsThread = state.withLock { state in
            state.waiting.append(Request(host: host, port: port, completion: completion))
            guard state.threads < Self.maximumThreads else { return false }
            state.threads += 1
            return true
        }
        guard needsThread, !LoopThread.start(name: "ssh-resolve", { self.work() }) else { return }
        state.withLock { $0.threads -= 1 }
        completion(.failure(Failure(description: "no thread is left to resolve names")))
    }

    private func work() {
        while let request = next() {
            request.completion(Self.lookup(request.host, port: request.port, flags: 0))
        }
    }

    /// The next request; `nil` ends the thread, which is counted off under the same lock as the look.
    private func next() -> Request? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.threads -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }

    /// The addresses of a host given in numbers, without asking anybody.
    static func numeric(_ host: String, port: Int) -> [SocketAddress]? {
        try? lookup(host, port: port, flags: AI_NUMERICHOST).get()
    }

    private static func lookup(_ host: String, port: Int, flags: Int32) -> Answer {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = flags | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            let text = code == EAI_SYSTEM ? strerror(errno) : UnsafeMutablePointer(mutating: gai_strerror(code))
            return .failure(Failure(description: text.map { String(cString: $0) } ?? "error \(code)"))
        }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var entry = list
        while let info = entry?.pointee {
            if let address = info.ai_addr {
                addresses.append(
                    SocketAddress(
                        family: info.ai_family,
                        pointer: address,
                        length: Int(info.ai_addrlen)
                    )
                )
            }
            entry = info.ai_next
        }
        return .success(addresses)
    }
}
