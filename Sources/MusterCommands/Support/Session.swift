import ArgumentParser
import Glibc
import MusterAPI
import MusterPlan
import MusterRuntime
import MusterSpec
import MusterTerminal
import UnixSignals

/// What every verb starts from: the streams, the machine, the file.
struct Session: Sendable {
    let console: Console
    let machine: LocalMachine
    let format: OutputFormat

    init(format: OutputFormat) {
        let machine = LocalFiles.machine()
        self.machine = machine
        self.format = format
        console = Console(environment: machine.environment)
        // A closed pipe is reported by write; the signal would end the process without a word.
        signal(SIGPIPE, SIG_IGN)
    }

    /// Reads and checks a cluster file; says what is wrong with it and ends when that is an error. With `quiet`
    /// warnings are not repeated, for verbs that only look.
    ///
    /// - Returns: The plan of each replica; there is at least one.
    func plans(_ options: FileOptions, quiet: Bool = false) throws -> [LaunchPlan] {
        resolved(try checked(options, quiet: quiet)).plans
    }

    /// All that is known about a file, as it stands there. There is a spec and at least one plan.
    func checked(_ options: FileOptions, quiet: Bool = false) throws -> CheckedFile {
        let checked = check(options)
        if !checked.plans.isEmpty {
            let warnings = checked.diagnostics
            if !warnings.isEmpty, !quiet { console.say(text(warnings, checked.source, console.talk)) }
            return checked
        }
        switch format {
        case .text: console.say(text(checked.diagnostics, checked.source, console.talk))
        case .json: console.data(line: Documents.validation(checked).pretty)
        }
        throw MusterExit.invalidFile.asError
    }

    /// Reads and checks a cluster file.
    func check(_ options: FileOptions) -> CheckedFile {
        let path = options.path
        switch LocalFiles.read(path, machine) {
        case .success(let bytes):
            return CheckedFile(ClusterFile(bytes: bytes, name: path, world: LocalFiles.world(machine)))
        case .failure(let problem): return CheckedFile(unreadable: path, problem.reason)
        }
    }

    func text(_ diagnostics: [Diagnostic], _ source: SourceFile, _ stream: Console.Stream) -> String {
        DiagnosticText(style: stream.style, width: console.width).text(diagnostics, in: source)
    }

    /// The time.
    var now: Timestamp {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(milliseconds: Int64(now.tv_sec * 1000 + now.tv_nsec / 1_000_000))
    }

    /// Who holds locks on behalf of a verb.
    func owner(_ verb: String) -> String {
        LockOwner.word(
            user: machine.user,
            host: machine.hostName,
            pid: machine.pid,
            verb: verb,
            epoch: Int(time(nil))
        )
    }

    /// Makes links of nodes; what it has to note goes to the person.
    var link: @Sendable (PlannedNode) -> NodeLink {
        let console = console
        let resolver = TargetResolver(machine) { console.say("note: \($0)") }
        return { NodeLink.make($0, resolver: resolver) }
    }

    /// The values of the secrets of a file's plans, which are the same in all of them.
    func secrets(of plans: [LaunchPlan]) throws -> [(name: String, value: Redacted)] {
        try (plans.first?.secrets ?? []).map { secret in
            switch LocalFiles.secret(secret.source, machine) {
            case .success(let value): return (name: secret.name, value: value)
            case .failure(let problem):
                fail(
                    RuntimeError(
                        .secretUnavailable,
                        "the secret `\(secret.name)` cannot be read: \(problem.reason)",
                        hint: "set its source, as `secrets` of the cluster file names it"
                    )
                )
                throw MusterExit.failed.asError
            }
        }
    }

    /// Runs work that hears SIGINT and SIGTERM as a wish to leave; a second one ends the process at once.
    func interruptible<Value: Sendable>(
        _ work: @escaping @concurrent @Sendable (Interrupts) async throws -> Value
    ) async throws
        -> Value
    {
        let interrupts = Interrupts()
        let console = console
        // Trapped before the work begins: a signal that came in between would end the process with the work half done.
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                for await _ in signals {
                    if interrupts.isRaised {
                        console.clear()
                        exit(MusterExit.failed.rawValue)
                    }
                    interrupts.raise()
                    console.say("interrupted; press Ctrl-C again to leave at once")
                }
                return nil
            }
            group.addTask { try await work(interrupts) }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    /// Says why an operation failed, in the form that was asked for.
    func report(_ errors: [RuntimeError]) {
        for error in errors { fail(error) }
        if format == .json { console.data(line: Documents.failure(errors).pretty) }
    }

    /// Says why an operation failed, once.
    func fail(_ error: any Error) {
        console.clear()
        let style = console.talk.style
        for error in Self.flatten(error) {
            let node = error.node.map { "\(style.strong($0)): " } ?? ""
            console.say("\(style.bad("error"))[\(error.code)]: \(node)\(error.message)")
            for detail in error.details { console.say("    \(detail)") }
            console.say("  \(style.good("hint")): \(Self.hint(error))")
        }
    }

    /// What to do next, for every error.
    static func hint(_ error: RuntimeError) -> String { error.hint ?? "`muster explain \(error.code)` says more" }

    static func flatten(_ error: any Error) -> [RuntimeError] {
        switch error {
        case let error as RuntimeError: [error]
        case let errors as OperationErrors: errors.errors
        default: [RuntimeError(.sshOther, "\(error)")]
        }
    }

    /// Runs an operation on nodes, turning its errors into words and an exit code.
    func operate<Value: Sendable>(
        _ work: @escaping @concurrent @Sendable (Interrupts) async throws -> Value
    ) async throws -> Value {
        do {
            return try await interruptible(work)
        } catch let code as ExitCode {
            throw code
        } catch {
            report(Self.flatten(error))
            throw MusterExit.failed.asError
        }
    }
}
