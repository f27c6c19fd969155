import Foundation
import Glibc

/// One host of a lab: its files, its processes, and what a deployment may not leave on it.
struct LabHost: Sendable {
    let name: String
    let number: Int
    let address: String
    let port: Int
    /// Where the lab keeps what it knows of the host.
    let directory: String
    let mode: LabMode
    /// What marks the processes of a host that has no namespaces.
    let tag: String

    /// The host's first process; nothing when its power is off.
    var firstProcess: pid_t? {
        let words = Files.text(directory + "/pid").split(whereSeparator: \.isWhitespace)
        guard let pid = words.first.flatMap({ pid_t($0) }), let process = Processes.process(pid),
            process.startTicks == words.last.map(String.init)
        else { return nil }
        return pid
    }

    var isCut: Bool { FileManager.default.fileExists(atPath: directory + "/cut") }
    var isMachine: Bool { FileManager.default.fileExists(atPath: directory + "/machine") }
    var hasFaults: Bool { FileManager.default.fileExists(atPath: directory + "/faults") }

    // MARK: Files

    /// Where the host's file is on the machine. A path with `~/` is in the home of the login.
    func path(_ path: String) -> String {
        let isHome = path.hasPrefix("~/")
        switch mode {
        case .loopback: return isHome ? directory + "/home/" + path.dropFirst(2) : path
        case .namespaces:
            return "/proc/\(firstProcess ?? 0)/root" + (isHome ? NSHomeDirectory() + "/" + path.dropFirst(2) : path)
        }
    }

    func write(_ text: String, to file: String) throws { try Files.write(text, path(file)) }

    func remove(_ file: String) { try? FileManager.default.removeItem(atPath: path(file)) }

    /// Has the stand-in engines of this host fail; the words are those of `STANDIN_FAIL`.
    func fail(_ words: String) throws { try write(words + "\n", to: "~/.standin-fail") }

    // MARK: Processes

    var processes: [HostProcess] {
        guard let first = firstProcess else { return [] }
        switch mode {
        case .namespaces:
            let space = link("/proc/\(first)/ns/pid")
            return Processes.all { link("/proc/\($0)/ns/pid") == space }
        case .loopback:
            let all = Processes.all { _ in true }
            let sessions = Set(all.filter { $0.variable("MUSTER_LAB_HOST") == tag }.map(\.session))
            return all.filter { $0.variable("MUSTER_LAB_HOST") == tag || sessions.contains($0.session) }
        }
    }

    /// The launcher of a unit: the one whose parent is the waiter, a shell that runs the node script.
    func launcher(in deployment: String = "lab") -> HostProcess? {
        let units = processes.filter { $0.variable("MUSTER_DEPLOYMENT") == deployment }
        return units.first { process in
            !process.isNodeScript && units.contains { $0.pid == process.parent && $0.isNodeScript }
        }
    }

    func waiter(in deployment: String = "lab") -> HostProcess? {
        processes.first {
            $0.isNodeScript && $0.command.contains("waiter") && $0.command.contains(deployment)
        }
    }

    /// The GPU workers, by the titles the engines give them.
    var workers: [HostProcess] {
        processes.filter { $0.title.hasPrefix("sglang::scheduler") || $0.title.hasPrefix("VLLM::Worker") }
    }

    // MARK: What is left

    /// Everything a deployment that is down may not leave here, in words.
    var leftovers: [String] {
        guard let first = firstProcess else { return [] }
        let processes = processes
        var found = processes.filter(\.isLeftover).map { "\(name): process \($0.inner) \($0.title.prefix(160))" }
        found += listening(first).map { "\(name): port \($0) listens" }
        let alive = Dictionary(processes.map { (String($0.inner), $0.startTicks) }, uniquingKeysWith: { a, _ in a })
        let records = mode == .namespaces ? path("/run/muster-standin-gpu") : directory + "/gpu"
        for record in Files.names(records) where !record.hasPrefix(".") {
            let words = Files.text(records + "/" + record).split(whereSeparator: \.isWhitespace).map(String.init)
            guard words.count == 4, alive[words[0]] == words[1] else { continue }
            found.append("\(name): process \(words[0]) holds \(words[3]) MiB of GPU \(words[2])")
        }
        return found
    }

    /// Ports that listen here, but for SSH.
    private func listening(_ first: pid_t) -> [Int] {
        let text = Files.text("/proc/\(first)/net/tcp") + Files.text("/proc/\(first)/net/tcp6")
        let ports = text.split(separator: "\n").compactMap { line -> Int? in
            let fields = line.split(separator: " ")
            guard fields.count > 3, fields[3] == "0A" else { return nil }
            let local = fields[1].split(separator: ":")
            guard local.count == 2, mode == .namespaces || local[0] == hexAddress else { return nil }
            return Int(local[1], radix: 16)
        }
        return Set(ports).subtracting([port]).sorted()
    }

    /// The address as `/proc/net/tcp` shows it.
    private var hexAddress: String {
        let bytes = address.split(separator: ".").compactMap { UInt8($0) }.reversed()
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    }

    private func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 64)
        let count = readlink(path, &buffer, buffer.count)
        return count < 0 ? nil : String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension HostProcess {
    /// A shell that runs the node script, whatever its verb.
    var isNodeScript: Bool {
        command.contains { $0.range(of: #"/bin/node-[0-9a-f]{12}\.sh$"#, options: .regularExpression) != nil }
    }

    /// Belongs to a deployment, by what it runs, its environment or its title.
    var isLeftover: Bool {
        isNodeScript || variable("MUSTER_RUN_TOKEN") != nil || title.hasPrefix("sglang::") || title.hasPrefix("VLLM::")
    }
}
