import Foundation
import Glibc

/// One process of a lab host, seen from the machine.
struct HostProcess: Sendable {
    /// The pid on the machine.
    let pid: pid_t
    /// The pid on the host.
    let inner: pid_t
    let parent: pid_t
    let session: pid_t
    let startTicks: String
    let command: [String]
    let environment: [String]

    /// As `ps` shows it: what a new title left of the old one's room is no part of it.
    var title: String {
        let text = command.joined(separator: " ")
        return String(text[..<(text.lastIndex { $0 != " " }.map(text.index(after:)) ?? text.startIndex)])
    }

    func variable(_ name: String) -> String? {
        environment.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }
}

/// Reading `/proc`.
enum Processes {
    /// False for a zombie, too.
    static func isRunning(_ pid: pid_t) -> Bool { stat(pid).map { $0.state != "Z" && $0.state != "X" } ?? false }

    /// The living processes for which a condition on their pid holds.
    static func all(where isMeant: (pid_t) -> Bool) -> [HostProcess] {
        Files.names("/proc").compactMap { pid_t($0) }.compactMap { pid in isMeant(pid) ? process(pid) : nil }
    }

    static func process(_ pid: pid_t) -> HostProcess? {
        guard let stat = stat(pid), stat.state != "Z", stat.state != "X" else { return nil }
        let inner = Files.text("/proc/\(pid)/status").split(separator: "\n").first { $0.hasPrefix("NSpid:") }
            .flatMap { $0.split(separator: "\t").last }.flatMap { pid_t($0) }
        return HostProcess(
            pid: pid,
            inner: inner ?? pid,
            parent: stat.parent,
            session: stat.session,
            startTicks: stat.ticks,
            command: words("/proc/\(pid)/cmdline"),
            environment: words("/proc/\(pid)/environ")
        )
    }

    /// The words of a file in which each ends in a NUL; the last one's end is not a word.
    static func words(_ path: String) -> [String] {
        var parts = Files.bytes(path).split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        if parts.last == "" { parts.removeLast() }
        return parts
    }

    private static func stat(_ pid: pid_t) -> (state: String, parent: pid_t, session: pid_t, ticks: String)? {
        let text = Files.text("/proc/\(pid)/stat")
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ").map(String.init)
        guard fields.count > 19, let parent = pid_t(fields[1]) else { return nil }
        // The session is in the numbers of the reader's pid namespace, as the pids here are.
        return (state: fields[0], parent: parent, session: pid_t(fields[3]) ?? 0, ticks: fields[19])
    }
}
