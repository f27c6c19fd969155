import CLibSSH2
import Glibc

/// Starts detached POSIX threads; Swift's own pool must never block, so loops and resolvers do not run on it.
enum LoopThread {
    private final class Body {
        let name: String
        let run: () -> Void

        init(_ name: String, _ run: @escaping () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Runs `body` on a new thread; false when the system gives no thread.
    @discardableResult
    static func start(name: String, _ body: sending @escaping () -> Void) -> Bool {
        let box = Unmanaged.passRetained(Body(name, body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                clibssh2_name_this_thread(body.name)
                body.run()
                return nil
            },
            box.toOpaque()
        )
        guard code == 0 else {
            box.release()
            return false
        }
        pthread_detach(thread)
        return true
    }
}

/// The loop of the calling thread, if that thread is a loop's.
struct ThreadLocalLoop: Sendable {
    private let key: pthread_key_t

    init() {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        self.key = key
    }

    var value: SSHLoop? {
        get {
            guard let pointer = pthread_getspecific(key) else { return nil }
            return Unmanaged<SSHLoop>.fromOpaque(pointer).takeUnretainedValue()
        }
        nonmutating set {
            // Unretained: the thread's body keeps the loop alive while this is set.
            pthread_setspecific(key, newValue.map { Unmanaged.passUnretained($0).toOpaque() })
        }
    }
}
