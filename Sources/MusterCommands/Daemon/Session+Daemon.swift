import ArgumentParser
import MusterAPI
import MusterClient
import MusterRuntime
import MusterSpec
import MusterTerminal

extension Session {
    /// Why a verb cannot do without a daemon.
    enum Need: Sendable {
        /// It can.
        case none
        /// Somebody said `--daemon`.
        case asked
        /// There has to be somebody to leave the work to.
        case detaching(String)
        /// Only a daemon has what is asked for.
        case essential(String)

        fileprivate var problem: RuntimeError? {
            switch self {
            case .none: nil
            case .asked: RuntimeError(.noDaemon, "there is no musterd here", hint: "start one with `musterd`")
            case .detaching(let name):
                RuntimeError(
                    .noDaemon,
                    "there is no musterd to leave `\(name)` to",
                    hint: "start one with `musterd`, or leave out --detach and follow from here"
                )
            case .essential(let what):
                RuntimeError(
                    .noDaemon,
                    "there is no musterd here, and only it has \(what)",
                    hint: "start one with `musterd`"
                )
            }
        }
    }

    /// The daemon to ask.
    ///
    /// - Parameters:
    ///   - choice: What the person said about it.
    ///   - need: Why there has to be one.
    /// - Returns: Where it listens; nothing when the work is to be done from here, which has been said where a daemon
    ///   might have been expected.
    /// - Throws: The exit code, when there has to be one and none answers; it has been said.
    func daemon(_ choice: DaemonChoice, _ need: Need = .none) async throws -> DaemonAddress? {
        if choice == .foreground { return nil }
        let need = if case .none = need, choice == .daemon { Need.asked } else { need }
        switch await DaemonDoor.find(machine) {
        case .daemon(let address, let skew):
            if let skew { warn(of: skew) }
            return address
        case .none:
            guard let problem = need.problem else { return nil }
            throw end(problem)
        case .unreachable(let problem):
            // Who names a socket relies on what is there.
            let isNamed = machine.environment["MUSTERD_SOCKET"].map { !$0.isEmpty } ?? false
            guard need.problem == nil, !isNamed else { throw end(problem) }
            console.say("note: \(problem.message), so this is done from here, without the daemon")
            return nil
        }
    }

    /// The daemon, for a verb that is nothing without one.
    func daemon(for what: String) async throws -> DaemonAddress {
        guard let address = try await daemon(.either, .essential(what)) else {
            throw MusterExit.daemonUnreachable.asError
        }
        return address
    }

    private func end(_ problem: RuntimeError) -> ExitCode {
        report([problem])
        return MusterExit.daemonUnreachable.asError
    }

    private func warn(of skew: VersionSkew) {
        let style = console.talk.style
        console.say("\(style.doubtful("warning"))[\(DiagnosticCode.daemonOfAnotherRelease)]: \(skew)")
        console.say("  \(style.good("hint")): \(skew.hint)")
    }

    // MARK: Asking

    /// Has something done by a daemon, turning what goes wrong into words and an exit code.
    ///
    /// - Parameters:
    ///   - address: Where it listens.
    ///   - source: The cluster file it is about, for what the daemon finds wrong with it.
    ///   - work: What to ask; it hears the wish to leave.
    /// - Returns: What the work returns.
    /// - Throws: The exit code; what went wrong has been said.
    func ask<Value: Sendable>(
        _ address: DaemonAddress,
        about source: SourceFile? = nil,
        _ work: @escaping @concurrent @Sendable (DaemonClient, Interrupts) async throws -> Value
    ) async throws -> Value {
        do {
            return try await interruptible { interrupts in
                try await DaemonClient.with(address, release: Release.version) { try await work($0, interrupts) }
            }
        } catch let code as ExitCode {
            throw code
        } catch let error as ValidationError {
            throw error
        } catch let error as ClientError {
            if let source, error.exit == .invalidFile { try refuse(error, source) }
            report(error.errors)
            throw error.exit.asError
        } catch {
            let errors = Self.flatten(error)
            report(errors)
            throw (errors.first?.code == .daemonUnreachable ? MusterExit.daemonUnreachable : .failed).asError
        }
    }

    /// Asks one question that is answered at once.
    func question<Value: Sendable>(
        _ address: DaemonAddress,
        _ work: @escaping @concurrent @Sendable (DaemonClient) async throws -> Value
    ) async throws -> Value {
        try await ask(address) { client, interrupts in
            guard let value = try await interrupts.cancelling({ try await work(client) }) else {
                throw RuntimeError(.interrupted, "interrupted before the daemon had answered")
            }
            return value
        }
    }

    /// What the daemon finds wrong with a file, as `muster validate` says it.
    private func refuse(_ error: ClientError, _ source: SourceFile) throws {
        // A document that cannot be read leaves the problem's own words.
        guard let text = error.problem?.diagnostics?.text, let document = try? ValidationDocument(reading: text) else {
            return
        }
        switch format {
        case .text:
            console.say("note: the daemon finds more in this file than is found here")
            console.say(self.text(document.diagnostics, source, console.talk))
        case .json: console.data(line: document.json(file: source.name).pretty)
        }
        throw MusterExit.invalidFile.asError
    }
}
