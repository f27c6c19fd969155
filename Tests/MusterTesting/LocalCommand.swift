import Foundation
import Glibc

/// A program run to its end on this machine, with its output in files: a pipe that leaks into some other child of the
/// test process would never reach its end.
package struct LocalCommand: Sendable {
    /// How it ended and what it wrote.
    package struct Result: Sendable {
        /// The shell's status: 128 + N for signal N.
        package var status: Int32
        package var stdout: [UInt8]
        package var stderr: [UInt8]

        package var text: String { String(decoding: stdout, as: UTF8.self) }
        package var errorText: String { String(decoding: stderr, as: UTF8.self) }
    }

    /// The program did not end in time and was killed.
    package struct TimedOut: Error { package let words: [String] }

    /// A program that could not be started.
    package struct NotStarted: Error { package let words: [String] }

    package var words: [String]
    package var environment: [String: String]
    package var stdin: [UInt8] = []
    package var directory: String?
    package var limit = Duration.seconds(60)

    /// - Parameters:
    ///   - words: The program, by path or by a name in this process's PATH, and its arguments.
    ///   - environment: All of it; this process's own where nothing is given.
    package init(_ words: [String], environment: [String: String]? = nil) {
        self.words = words
        self.environment = environment ?? ProcessInfo.processInfo.environment
    }

    /// Runs it, looking for its end every few milliseconds so that no thread is held meanwhile.
    package func run() async throws -> Result {
        let folder = try Scratch()
        defer { folder.remove() }
        try Data(stdin).write(to: URL(filePath: folder.path + "/in"))
        let process = try spawn(in: folder.path)
        let end = ContinuousClock.now + limit
        var status: Int32 = 0
        while waitpid(process, &status, WNOHANG) == 0 {
            if ContinuousClock.now > end || Task.isCancelled {
                kill(-process, SIGKILL)
                waitpid(process, &status, 0)
                throw TimedOut(words: words)
            }
            // A cancelled pause ends the loop by the check above.
            try? await Task.sleep(for: .milliseconds(2))
        }
        return Result(
            status: status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f),
            stdout: Array(try Data(contentsOf: URL(filePath: folder.path + "/out"))),
            stderr: Array(try Data(contentsOf: URL(filePath: folder.path + "/err")))
        )
    }

    private func spawn(in folder: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, folder + "/in", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, folder + "/out", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, folder + "/err", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What this process ignores and its threads block, a program run by a person neither ignores nor blocks.
        var (every, none) = (sigset_t(), sigset_t())
        sigfillset(&every)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &every)
        posix_spawnattr_setsigmask(&attributes, &none)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        posix_spawnattr_setflags(&attributes, Int16(flags))
        // glibc's own action for this is not visible to Swift.
        let words = directory.map { ["env", "-C", $0] + self.words } ?? self.words
        var argv = words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + variables { free(pointer) } }
        var process: pid_t = 0
        guard let program = words.first, posix_spawnp(&process, program, &actions, &attributes, &argv, &variables) == 0
        else { throw NotStarted(words: words) }
        return process
    }

    /// Whether a program of this name is in this process's PATH.
    package static func exists(_ program: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
    }
}

/// A directory for one test.
package struct Scratch: Sendable {
    package let path: String

    package init() throws {
        var template = Array("/tmp/muster-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw LocalCommand.NotStarted(words: ["mkdtemp"]) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Writes a file, with the folders above it.
    @discardableResult
    package func write(_ text: String, to name: String, mode: Int = 0o644) throws -> String {
        let file = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        chmod(file.path, mode_t(mode))
        if mode & 0o111 != 0 { Self.awaitClosed(file.path) }
        return file.path
    }

    /// A child that another test begins meanwhile holds the file open until it becomes its own program, and what is open
    /// for writing cannot be executed. The kernel gives a lease for reading once nobody writes.
    private static func awaitClosed(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let (setLease, forReading, none) = (Int32(1024), Int32(F_RDLCK), Int32(F_UNLCK))
        while fcntl(descriptor, setLease, forReading) != 0, errno == EAGAIN { sched_yield() }
        _ = fcntl(descriptor, setLease, none)
    }

    package func remove() { try? FileManager.default.removeItem(atPath: path) }
}

/// Runs a test with a directory of its own, which is removed however the test ends.
package func withScratch<Value>(_ body: (Scratch) async throws -> Value) async throws -> Value {
    let scratch = try Scratch()
    defer { scratch.remove() }
    return try await body(scratch)
}
