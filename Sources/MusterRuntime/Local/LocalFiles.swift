import Glibc
package import MusterSpec

/// Files and facts of the machine muster runs on.
package enum LocalFiles {
    /// Why a file could not be used.
    package struct Problem: Error, Sendable { package let reason: String }

    package static func machine() -> LocalMachine {
        var environment: [String: String] = [:]
        var entry = environ
        while let pair = entry.pointee {
            let text = String(cString: pair)
            if let equals = text.firstIndex(of: "=") {
                environment[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            entry += 1
        }
        var name = [CChar](repeating: 0, count: 256)
        _ = gethostname(&name, name.count - 1)
        let account = getpwuid(getuid())
        let user = account.map { String(cString: $0.pointee.pw_name) } ?? environment["USER"] ?? String(getuid())
        let home = environment["HOME"] ?? account.map { String(cString: $0.pointee.pw_dir) } ?? "/"
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return LocalMachine(user: user, home: home, hostName: host, pid: Int(getpid()), environment: environment)
    }

    /// The bytes of a file; `-` is standard input.
    ///
    /// - Parameters:
    ///   - path: Its path; `~` is the home.
    ///   - machine: Whose home that is.
    ///   - limit: What may be read at most, in bytes: as much as a cluster file can be where nothing else is said. Of a
    ///     file that is longer a little more than that comes, by which its reader knows.
    /// - Returns: What there is, or why it cannot be read.
    package static func read(
        _ path: String,
        _ machine: LocalMachine,
        limit: Int = 16 << 20
    ) -> Result<[UInt8], Problem> {
        var bytes: [UInt8] = []
        let problem = read(path, machine) { piece in
            bytes += piece
            return bytes.count <= limit
        }
        return problem.map { .failure($0) } ?? .success(bytes)
    }

    /// Reads a file of any size piece by piece; `-` is standard input.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - machine: Whose home `~` is.
    ///   - take: Takes the next bytes, and says whether there may be more.
    /// - Returns: Why it could not be read, or not to its end.
    package static func read(
        _ path: String,
        _ machine: LocalMachine,
        _ take: (ArraySlice<UInt8>) -> Bool
    ) -> Problem? {
        let descriptor = path == "-" ? STDIN_FILENO : open(machine.expand(path), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return Problem(reason: errorText()) }
        defer { if path != "-" { Glibc.close(descriptor) } }
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return nil }
            guard count > 0 else {
                if errno == EINTR { continue }
                return Problem(reason: errorText())
            }
            guard take(buffer[..<count]) else { return nil }
        }
    }

    /// Writes a file whole or not at all: a temporary name beside it, flushed, then renamed.
    package static func write(_ text: String, to path: String, mode: UInt16) -> Problem? {
        write(Array(text.utf8), to: path, mode: mode)
    }

    /// Puts other bytes into a file that exists, whole or not at all. Who may read it stays, and a link to it stays a
    /// link.
    package static func replace(_ path: String, with bytes: [UInt8]) -> Problem? {
        guard let real = realpath(path, nil) else { return Problem(reason: errorText()) }
        defer { free(real) }
        var state = stat()
        guard stat(real, &state) == 0 else { return Problem(reason: errorText()) }
        return write(bytes, to: String(cString: real), mode: UInt16(state.st_mode & 0o7777))
    }

    private static func write(_ bytes: [UInt8], to path: String, mode: UInt16) -> Problem? {
        let temporary = path + ".muster-\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode_t(mode))
        guard descriptor >= 0 else { return Problem(reason: errorText()) }
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = errorText()
                Glibc.close(descriptor)
                unlink(temporary)
                return Problem(reason: reason)
            }
            sent += count
        }
        // The umask must not decide whether a script can be run.
        guard fchmod(descriptor, mode_t(mode)) == 0, fsync(descriptor) == 0, Glibc.close(descriptor) == 0,
            rename(temporary, path) == 0
        else {
            let reason = errorText()
            unlink(temporary)
            return Problem(reason: reason)
        }
        return nil
    }

    /// Makes a directory and those above it.
    package static func makeDirectory(_ path: String) -> Problem? {
        var current = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            current += current.isEmpty || current.hasSuffix("/") ? String(part) : "/\(part)"
            guard mkdir(current, 0o755) == 0 || errno == EEXIST else {
                return Problem(reason: "\(current): \(errorText())")
            }
        }
        return nil
    }

    /// What checks may ask.
    package static func world(_ machine: LocalMachine) -> SpecWorld {
        SpecWorld(
            keyFile: { path in
                switch read(path, machine) {
                case .failure(let problem):
                    return access(machine.expand(path), F_OK) == 0 ? .unreadable(problem.reason) : .missing
                case .success(let bytes):
                    let text = String(decoding: bytes.prefix(4096), as: UTF8.self)
                    if text.contains("PRIVATE KEY-----") { return .usable }
                    let isPublic = ["ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"].contains { text.hasPrefix($0) }
                    return isPublic ? .publicKey : .notAKey
                }
            },
            secretProblem: { source in
                if case .failure(let problem) = secret(source, machine) { problem.reason } else { nil }
            }
        )
    }

    package static func secret(_ source: SecretSpec.Source, _ machine: LocalMachine) -> Result<Redacted, Problem> {
        switch source {
        case .environment(let name):
            guard let value = machine.environment[name], !value.isEmpty else {
                return .failure(Problem(reason: "`\(name)` is not set"))
            }
            return .success(Redacted(value))
        case .file(let path):
            return read(path, machine).flatMap { bytes in
                var text = String(decoding: bytes, as: UTF8.self)
                if text.hasSuffix("\n") { text.removeLast() }
                return text.isEmpty ? .failure(Problem(reason: "`\(path)` is empty")) : .success(Redacted(text))
            }.mapError { Problem(reason: $0.reason.contains("`") ? $0.reason : "`\(path)`: \($0.reason)") }
        }
    }

    private static func errorText() -> String { String(cString: strerror(errno)).lowercasedFirst }
}

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
