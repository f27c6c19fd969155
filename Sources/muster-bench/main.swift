import Glibc
import MusterSSH

// Measures MusterSSH as `Deploy/benchmarks/connect_exec.c` measures a bare libssh2 loop: connect, authenticate and run
// one command on many hosts at once, then run it again on the open connections. One JSON line; see `Deploy/bench`.

struct Options {
    var hosts: [(name: String, port: Int)] = []
    var user = ""
    var key = ""
    var knownHosts = ""
    var command = "true"
    var repeats = 0
    var loops = 2

    /// The same letters as the C program; `-h` for the known-hosts file that it does not have, `-l` for threads.
    init?(_ arguments: [String]) {
        var rest = arguments.dropFirst()
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
}

func processorMilliseconds() -> Double {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    let (user, system) = (usage.ru_utime, usage.ru_stime)
    return Double(user.tv_sec + system.tv_sec) * 1e3 + Double(user.tv_usec + system.tv_usec) / 1e3
}

func milliseconds(_ duration: Duration) -> Double { duration / .milliseconds(1) }

func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

guard let options = Options(CommandLine.arguments) else {
    print("usage: muster-bench -n HOST:PORT,... -u USER -k KEY -h KNOWN_HOSTS [-c COMMAND] [-r REPEATS] [-l LOOPS]")
    exit(2)
}

let command = options.command
let group = SSHLoopGroup(loops: options.loops)
let deadline = Duration.seconds(60)
let clock = ContinuousClock()
var (began, processor) = (clock.now, processorMilliseconds())
let connections = try await withThrowingTaskGroup(of: SSHConnection.self) { tasks in
    for (name, port) in options.hosts {
        let target = SSHTarget(
            host: name,
            port: port,
            user: options.user,
            identityFiles: [options.key],
            knownHostsFiles: [options.knownHosts],
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
let cold = (wall: milliseconds(clock.now - began), processor: processorMilliseconds() - processor)

var warm: [Double] = []
processor = processorMilliseconds()
for _ in 0..<options.repeats {
    began = clock.now
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        for connection in connections {
            tasks.addTask { _ = try await connection.execute(command, deadline: deadline) }
        }
        try await tasks.waitForAll()
    }
    warm.append(rounded(milliseconds(clock.now - began)))
}
let warmProcessor = processorMilliseconds() - processor
print(
    #"{"impl":"MusterSSH","hosts":\#(connections.count),"cold_ms":\#(rounded(cold.wall)),"#
        + #""cold_cpu_ms":\#(rounded(cold.processor)),"warm_ms":\#(warm),"warm_cpu_ms":\#(rounded(warmProcessor))}"#
)
