import Foundation
package import Glibc

extension SSHServer {
    /// Starts sshd on a port that was free a moment ago; another process may have taken it since, so this is tried
    /// several times.
    static func launch(_ extra: [String], _ hostKeys: [String], _ directory: String) throws -> (Int, pid_t) {
        for _ in 0..<10 {
            let port = try freePort()
            let lines =
                extra + hostKeys.map { "HostKey \(directory)/host_\($0)" } + [
                    "ListenAddress 127.0.0.1:\(port)",
                    "PidFile none",
                    "UsePAM no",
                    "StrictModes no",
                    "PasswordAuthentication no",
                    "KbdInteractiveAuthentication no",
                    "PermitRootLogin prohibit-password",
                    "AuthorizedKeysFile \(directory)/authorized_keys",
                    "MaxStartups 100:30:200",
                    "LogLevel VERBOSE",
                    // Keeps the account's own start-up files out: bash reads them for every command, for up to a second.
                    "SetEnv HOME=\(directory)",
                ]
            let file = directory + "/config"
            try (lines.joined(separator: "\n") + "\n").write(toFile: file, atomically: true, encoding: .utf8)
            let process = try spawn("/usr/sbin/sshd", ["-D", "-e", "-f", file], log: directory + "/log")
            if answers(port, process) { return (port, process) }
            var status: Int32 = 0
            kill(process, SIGKILL)
            waitpid(process, &status, 0)
        }
        throw SSHServerFailure("sshd did not start: \((try? read(directory + "/log")) ?? "")")
    }

    /// Starts a program in a process group of its own, with its output in `log`.
    package static func spawn(_ path: String, _ arguments: [String], log: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var argv = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in argv { free(word) } }
        var process: pid_t = 0
        guard posix_spawn(&process, path, &actions, &attributes, &argv, environ) == 0 else {
            throw SSHServerFailure(path)
        }
        return process
    }

    /// A port that nothing listens on at the moment.
    package static func freePort() throws -> Int {
        let (fd, port) = try listener()
        close(fd)
        return port
    }

    /// A listening socket on a free port, which accepts only if the test does.
    package static func listener() throws -> (fd: Int32, port: Int) {
        let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(fd, $0, length) + listen(fd, 16) + getsockname(fd, $0, &length)
            }
        }
        guard code == 0 else { throw SSHServerFailure("listen") }
        return (fd, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// Waits until the port accepts a connection, for at most 5 s and while the process lives.
    private static func answers(_ port: Int, _ process: pid_t) -> Bool {
        let end = ContinuousClock.now + .seconds(5)
        while ContinuousClock.now < end {
            var status: Int32 = 0
            if waitpid(process, &status, WNOHANG) == process { return false }
            if connects(port) { return true }
            usleep(5000)
        }
        return false
    }

    private static func connects(_ port: Int) -> Bool {
        let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(fd) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
