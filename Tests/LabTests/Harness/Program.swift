import Foundation
import Glibc
import Subprocess
import Testing

/// How a program ended and what it said.
struct Finished: Sendable, CustomStringConvertible {
    let command: String
    /// The exit code; nothing when a signal ended it.
    let code: Int32?
    /// The signal that ended it.
    let signal: Int32?
    let out: String
    let err: String
    let elapsed: Duration

    /// Both streams, for looking something up wherever it was said.
    var text: String { out + err }

    var description: String {
        let how = code.map { "exit \($0)" } ?? "signal \(signal ?? 0)"
        return "`\(command)`: \(how) after \(elapsed)\n--- stdout\n\(out)--- stderr\n\(err)---"
    }

    /// Expects an exit code and words in the output, and shows everything when something is missing.
    @discardableResult
    func ends(_ wanted: Int32, says words: String..., sourceLocation: SourceLocation = #_sourceLocation) -> Finished {
        if code != wanted {
            Issue.record("exit code \(wanted) was expected: \(self)", sourceLocation: sourceLocation)
        }
        for word in words where !text.contains(word) {
            Issue.record("`\(word)` was expected in: \(self)", sourceLocation: sourceLocation)
        }
        return self
    }
}

/// A program that still runs; its output is read from the files it writes.
struct Running: Sendable {
    let pid: pid_t
    let outFile: String
    let errFile: String

    var out: String { Files.text(outFile) }
    var err: String { Files.text(errFile) }
    var text: String { out + err }

    func signal(_ number: Int32) { _ = kill(pid, number) }

    /// Waits until it has said something; fails when it ends before.
    func says(_ words: String, within limit: Duration = .seconds(30)) async throws {
        try await eventually("\(words)", within: limit, every: .milliseconds(3)) {
            if text.contains(words) { return true }
            guard Processes.isRunning(pid) else {
                if text.contains(words) { return true }
                throw LabFailure("it ended without saying `\(words)`:\n\(text)")
            }
            return false
        }
    }
}

/// Running programs with a deadline, their output kept in files.
enum Program {
    /// Runs a program to its end. `during` acts while it runs; the deadline counts from when that is done.
    static func run(
        _ argv: [String],
        environment: [String: String] = [:],
        into prefix: String,
        deadline: Duration,
        during: (Running) async throws -> Void = { _ in }
    ) async throws -> Finished {
        let (outFile, errFile) = (prefix + ".out", prefix + ".err")
        var variables: [Environment.Key: String?] = [:]
        for (name, value) in environment { if let key = Environment.Key(rawValue: name) { variables[key] = value } }
        let began = ContinuousClock.now
        // A shell opens the files and becomes the program, so the pid is the program's.
        let script = "o=$1 e=$2; shift 2; exec \"$@\" >\"$o\" 2>\"$e\""
        var isLate = false
        let result = try await Subprocess.run(
            .name("sh"),
            arguments: Arguments(["-c", script, "sh", outFile, errFile] + argv),
            environment: .inherit.updating(variables),
            input: .none,
            output: .discarded,
            error: .discarded
        ) { execution in
            let running = Running(pid: execution.processIdentifier.value, outFile: outFile, errFile: errFile)
            try await during(running)
            let end = ContinuousClock.now + deadline
            while Processes.isRunning(running.pid) {
                if ContinuousClock.now > end {
                    isLate = true
                    running.signal(SIGKILL)
                    return
                }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        let (code, signal): (Int32?, Int32?) =
            switch result.terminationStatus {
            case .exited(let code): (code, nil)
            case .signaled(let signal): (nil, signal)
            }
        let finished = Finished(
            command: argv.joined(separator: " "),
            code: code,
            signal: signal,
            out: Files.text(outFile),
            err: Files.text(errFile),
            elapsed: ContinuousClock.now - began
        )
        if isLate { throw LabFailure("it did not end within \(deadline): \(finished)") }
        return finished
    }
}

/// Why a scenario cannot go on.
struct LabFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Waits for a condition that comes true by itself, for a bounded time.
func eventually(
    _ what: String,
    within limit: Duration = .seconds(15),
    every pause: Duration = .milliseconds(50),
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while true {
        if try await condition() { return }
        guard ContinuousClock.now < end else { throw LabFailure("not within \(limit): \(what)") }
        try await Task.sleep(for: pause)
    }
}

enum Files {
    /// The text of a file; empty when there is none.
    static func text(_ path: String) -> String { String(decoding: bytes(path), as: UTF8.self) }

    /// The bytes of a file, those of `/proc` too, whose size nobody knows beforehand.
    static func bytes(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }

    static func names(_ path: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    static func write(_ text: String, _ path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }
}
