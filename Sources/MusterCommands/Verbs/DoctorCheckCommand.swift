import ArgumentParser
import MusterAPI
import MusterDoctor
import MusterPlan
import MusterRuntime
import MusterSpec

/// `muster doctor check`
struct DoctorCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look at all nodes of a cluster file at once, and say what is wrong and what to change.",
        discussion: """
            Ends with 1 when a fault was found that would stop or cripple a launch, or when --deep could not measure, and \
            with 5 when none was found but some nodes could not be looked at.
            """
    )

    @OptionGroup var file: FileOptions
    @Flag(help: "Leave out what takes seconds: asking the engine's own parser about the flags.")
    var fast = false
    @Flag(help: "Judge by what the nodes said last time, without connecting to them.")
    var kept = false
    @Flag(name: [.short, .long], help: "Show the table of RDMA ports and the grid of who reaches whom in any case.")
    var verbose = false
    @Option(help: "Write the report, with the machines drawn, as one HTML file.")
    var html: String?
    @Flag(help: "Propose the changes to the cluster file that would mend something, and make them when you agree.")
    var fix = false
    @Flag(help: "Measure, too, how fast the GPUs talk within their nodes and between them, which loads all of them.")
    var deep = false
    @Option(help: "After how many seconds each measurement of --deep is given up.")
    var deepLimit = 90
    @Flag(name: [.short, .long], help: "Agree to --deep, and to what --fix proposes, without being asked.")
    var yes = false
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard html != "" else { throw ValidationError("--html is empty: name a file") }
        guard fix || deep || !yes else {
            throw ValidationError("--yes agrees to --deep and to --fix: give one of them")
        }
        guard !deep || !kept else { throw ValidationError("--deep measures, and --kept connects to nobody: give one") }
        guard (3...3600).contains(deepLimit) else { throw ValidationError("--deep-limit is 3 to 3600 seconds") }
    }

    func run() async throws {
        let session = Session(format: common.format)
        let checked = try session.checked(file)
        guard let spec = checked.spec else { return }
        let look = DeepLook(
            session: session,
            spec: spec,
            plans: checked.plans,
            isAgreed: yes,
            limit: .seconds(deepLimit)
        )
        if deep { try look.expectSomebodyToAsk() }
        let facts =
            try await kept
            ? keptFacts(spec, session)
            : session.examine(spec, checked.plans, depth: Doctor.Depth(asksEngine: !fast, triesWays: true))
        for failure in facts.failures { session.fail(failure) }
        var bandwidth: BandwidthReport?
        var refusal: RuntimeError?
        if deep {
            do {
                bandwidth = try await look.measure(facts)
            } catch let error as RuntimeError {
                refusal = error
            }
        }
        let report = facts.report(on: spec, checked.plans, file: file.path, bandwidth: bandwidth)
        switch common.format {
        case .json: session.console.data(line: Documents.doctor(report, facts, refusal).pretty)
        case .text: session.show(verbose ? report.allSections : report.sections)
        }
        if let html { try write(report, facts, to: html, session) }
        if fix { try ProposedEdits(session: session, path: file.path, isAgreed: yes).offer(report) }
        if let refusal { session.fail(refusal) }
        let exit = refusal == nil ? MusterExit.of(report, facts) : .failed
        if exit != .ok { throw exit.asError }
    }

    private func write(_ report: DoctorReport, _ facts: NodeFacts, to path: String, _ session: Session) throws {
        let nodes = Names.count(facts.documents.count, "node")
        let page = DoctorPage(
            report,
            inventories: facts.inventories,
            examined: "\(nodes), \(session.now)"
        )
        if let problem = LocalFiles.write(page.html, to: session.machine.expand(path), mode: 0o644) {
            session.console.say("error: cannot write `\(path)`: \(problem.reason)")
            throw MusterExit.failed.asError
        }
        session.console.say("wrote \(path)")
    }

    private func keptFacts(_ spec: ClusterSpec, _ session: Session) throws -> NodeFacts {
        // Others are of nodes that the file had once.
        let names = Set((spec.nodes + spec.spares).map(\.name))
        let documents = KeptInventories(session.machine, spec.name.value).read().filter { names.contains($0.node) }
        guard !documents.isEmpty else {
            session.console.say("error: nothing is kept of what the nodes of `\(spec.name.value)` said")
            session.console.say("  hint: run `muster doctor \(file.path)` without --kept")
            throw MusterExit.failed.asError
        }
        let oldest = documents.map(\.times.answered).min() ?? 0
        let age = max(0, session.now.milliseconds / 1000 - Int64(oldest))
        session.console.say("note: by what the nodes said \(ElapsedText.text(.seconds(age))) ago")
        return NodeFacts(documents: documents)
    }
}

extension MusterExit {
    /// How an examination ends.
    static func of(_ report: DoctorReport, _ facts: NodeFacts) -> MusterExit {
        if report.hasErrors || (facts.documents.isEmpty && !facts.failures.isEmpty) { return .failed }
        return facts.failures.isEmpty && report.missing == 0 ? .ok : .partial
    }
}

extension Documents {
    /// `muster.doctor/1`
    static func doctor(_ report: DoctorReport, _ facts: NodeFacts, _ refusal: RuntimeError?) -> JSONValue {
        report.json.adding([
            "unreachable": .array(facts.failures.map(Documents.error)),
            "not_measured": refusal.map(Documents.error) ?? .null,
        ])
    }
}
