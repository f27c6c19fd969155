import Glibc

/// A file that one process at a time may hold, for as long as it lives.
///
/// The kernel ends the lock with the last descriptor of it, whatever ended the process, so a lock that is left over
/// cannot exist. The file itself stays: removing it would let two processes lock two files of one name.
package struct FileLock: ~Copyable, Sendable {
    /// Why the lock was not had.
    package enum Refusal: Error, Hashable, Sendable {
        /// Another process holds it; its number, where it could be read.
        case held(process: Int32?)
        /// The lock file could not be opened or locked.
        case unusable(path: String, errno: Int32)
    }

    private let descriptor: Int32

    /// Takes the lock or says at once why not.
    ///
    /// - Parameter path: The lock file, made with mode 0600 where it is missing.
    /// - Throws: `Refusal`.
    package init(_ path: String) throws(Refusal) {
        // Not inherited by children: a unit's ssh would otherwise hold the lock of a daemon that is long gone.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .unusable(path: path, errno: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            defer { close(descriptor) }
            guard reason == EWOULDBLOCK else { throw .unusable(path: path, errno: reason) }
            throw .held(process: Self.holder(descriptor))
        }
        self.descriptor = descriptor
        // For the words of the next one's refusal only; the lock does not depend on it.
        let text = "\(getpid())\n"
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.utf8.count, 0)
    }

    deinit {
        // Closing alone is not enough: a child between its fork and its exec has the same open file, and with it the lock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func holder(_ descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes[..<count], as: UTF8.self).prefix { $0.isNumber })
    }
}

extension FileLock.Refusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .held(let process?): "process \(process) holds it"
        case .held(nil): "another process holds it"
        case .unusable(let path, let code): "`\(path)`: \(String(cString: strerror(code)))"
        }
    }
}
