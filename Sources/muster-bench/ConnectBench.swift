import MusterSSH

/// Connects, authenticates and runs one command on many hosts at once, then runs it again on the open connections: what
/// `Deploy/benchmarks/connect_exec.c` does with a bare libssh2 loop.
struct ConnectBench {
    var hosts: [(name: String, port: Int)] = []
    var user = ""
    var key = ""
    var knownHosts = ""
    var command = "true"
    var repeats = 0
    var loops = 2

    /// The same letters as the C program; `-h` for the known-hosts file that it does not have, `-l` for threads.
    init?(_ arguments: ArraySlice<String>) {
        var rest = arguments
        while let letter = rest.popFirst(), let value = rest.popFirst() {
            switch letter {
            case "-n": hosts = value.split(separator: ",").compactMap(Self.host)
            case "-u": user = value
            case "-k": key = value
            case "-h": knownHosts = value
            case "-c": command = value
            case "-r": repeats = Int(value) ?? 0
            case "-l": loops = Int(value) ?? 2
            default: return nil
            }
        }
        guard !hosts.isEmpty, !user.isEmpty, !key.isEmpty, !knownHosts.isEmpty else { return nil }
    }

    private static func host(_ word: Substring) -> (name: String, port: Int)? {
        let parts = word.split(separator: ":")
        return parts.first.map { (name: String($0), port: parts.count > 1 ? Int(parts[1]) ?? 22 : 22) }
    }

    func run() async throws {
        let group = SSHLoopGroup(loops: loops)
        let deadline = Duration.seconds(60)
        let clock = ContinuousClock()
        var (began, processor) = (clock.now, milliseconds(ProcessUsage.now.processor))
        let connections = try await withThrowingTaskGroup(of: SSHConnection.self) { tasks in
            for (name, port) in hosts {
                let target = SSHTarget(
                    host: name,
                    port: port,
                    user: user,
                    identityFiles: [key],
                    knownHostsFiles: [knownHosts],
                    connectTimeout: deadline
                )
                tasks.addTask {
                    let connection = try await SSHConnection.connect(to: target, group: group)
                    _ = try await connection.execute(command, deadline: deadline)
                    return connection
                }
            }
            var open: [SSHConnection] = []
            for try await connection in tasks { open.append(connection) }
            return open
        }
        let cold = (
            wall: milliseconds(clock.now - began), processor: milliseconds(ProcessUsage.now.processor) - processor
        )

        var warm: [Double] = []
        processor = milliseconds(ProcessUsage.now.processor)
        for _ in 0..<repeats {
            began = clock.now
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for connection in connections {
                    tasks.addTask { _ = try await connection.execute(command, deadline: deadline) }
                }
                try await tasks.waitForAll()
            }
            warm.append(rounded(milliseconds(clock.now - began)))
        }
        let warmProcessor = milliseconds(ProcessUsage.now.processor) - processor
        // After the measurement, and not left to the end of the last reference.
        for connection in connections { await connection.close() }
        print(
            #"{"impl":"MusterSSH","hosts":\#(connections.count),"cold_ms":\#(rounded(cold.wall)),"#
                + #""cold_cpu_ms":\#(rounded(cold.processor)),"warm_ms":\#(warm),"#
                + #""warm_cpu_ms":\#(rounded(warmProcessor))}"#
        )
    }
}
