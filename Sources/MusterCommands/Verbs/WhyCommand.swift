import ArgumentParser
import MusterEngines
import MusterPlan
import MusterRuntime
import MusterSpec

/// `muster why`
struct WhyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Tell why a deployment failed: the first cause in the logs of all ranks, and what to do about it.",
        discussion: """
            The logs of the newest generation that failed are read on its nodes, with how its units ended and what the \
            kernels said; the nodes' clocks are compared first. Nothing is changed. With --log nothing but these files is \
            read, one for each rank or node; a cluster file beside them has the remedy point at its lines.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "The cluster file, or the name under which a daemon keeps the deployment.",
            discussion: "Default: $MUSTER_FILE, else muster.yaml.",
            valueName: "file"
        )
    )
    var subject: String?
    @Option(help: "The deployment by its name, as the daemon keeps it, in place of a file.")
    var name: String?
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Logs to read in place of those on the nodes; - is standard input.", valueName: "log")
    )
    var log: [String] = []
    @Option(help: "An older generation.")
    var generation: Int?
    @Option(help: "One replica of several.")
    var replica: Int?
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard name == nil || subject == nil else { throw ValidationError("give a file or --name, not both") }
        guard log.isEmpty || (name == nil && generation == nil && replica == nil) else {
            throw ValidationError("--log reads these files alone; --name, --generation and --replica are about nodes")
        }
    }

    func run() async throws {
        let session = Session(format: common.format)
        if !log.isEmpty { return try read(session) }
        let target = try session.target(options(session))
        let keeper = try await session.keeper(of: target, daemon.choice)
        let plans = target.plans.filter { replica == nil || $0.replica == replica }
        if let replica, plans.isEmpty, !target.plans.isEmpty {
            throw ValidationError("there is no replica \(replica): there are 0 to \(target.plans.count - 1)")
        }
        var documents = try await look(plans, session)
        if let kept = keeper?.deployment.replicas { complete(&documents, plans, kept, target.name) }
        show(documents, target, session)
        if documents.contains(where: { $0.generation == nil && !$0.unread.isEmpty }) {
            throw (documents.contains { $0.generation != nil } ? MusterExit.partial : .failed).asError
        }
        if documents.contains(where: { !$0.unread.isEmpty }) { throw MusterExit.partial.asError }
    }

    /// What is no file, and could be a name, is one.
    private func options(_ session: Session) throws -> TargetOptions {
        var options = TargetOptions()
        options.file = FileOptions()
        options.file.file = subject
        options.name = name
        if let subject, DeploymentName(subject) != nil, case .failure = LocalFiles.read(subject, session.machine) {
            options.file.file = nil
            options.name = subject
        }
        return options
    }

    private func look(_ plans: [LaunchPlan], _ session: Session) async throws -> [WhyDocument] {
        let wanted = generation
        guard !plans.isEmpty else { return [] }
        return try await session.operate { interrupts in
            let looks = try await interrupts.cancelling {
                await FanOut.map(plans) { plan in
                    let fleet = await Fleet.connect(plan, link: session.link)
                    let look = await FailureLook.take(at: fleet, wanted)
                    await fleet.close()
                    return WhyDocument(plan.name.value, look)
                }
            }
            guard let looks else { throw RuntimeError(.interrupted, "interrupted") }
            return looks
        }
    }

    /// What a daemon has kept stands in where nodes have nothing any more, and where there is only a name.
    private func complete(
        _ documents: inout [WhyDocument],
        _ plans: [LaunchPlan],
        _ kept: [KeptDeployment.Replica],
        _ name: String
    ) {
        func told(_ replica: KeptDeployment.Replica) -> WhyDocument? {
            guard let failure = replica.failure, generation == nil || failure.generation == generation else {
                return nil
            }
            return WhyDocument(name: name, generation: failure.generation, hasEnded: true, answer: failure.answer)
        }
        if plans.isEmpty {
            documents = kept.enumerated().filter { replica == nil || $0.offset == replica }.map {
                told($1) ?? WhyDocument(name: name, answer: nil)
            }
            return
        }
        for (index, plan) in plans.enumerated() where documents[index].generation == nil {
            guard kept.indices.contains(plan.replica), let told = told(kept[plan.replica]) else { continue }
            documents[index] = told
        }
    }

    // MARK: Logs alone

    private func read(_ session: Session) throws {
        // A secret that is missing here is no reason to refuse the file, which is only pointed into.
        let file = try subject.map { path in
            let file = session.check(.of(path))
            return file.spec == nil ? try session.checked(.of(path)) : file
        }
        // Half a year ago: no log is from the future, and one without a year is taken for one of the last twelve months.
        let moment = LogInstant.now.moved(by: .seconds(-182 * 86_400))
        var cause = FirstCause(for: file?.spec.map(FailureSetting.init) ?? FailureSetting(), around: moment)
        let known = (file?.spec?.nodes ?? []).map { (name: $0.name, host: $0.host) }
        let names = LogFileNames(log, known: known)
        for (index, path) in log.enumerated() {
            let source = LogSource(name: path, node: names.nodes[index], rank: names.ranks[index])
            var lines = LogLines()
            // Recordings may begin with where they are from.
            var isHead = true
            func take(_ new: [String]) {
                for line in new {
                    if isHead, line.hasPrefix("# source:") { continue }
                    isHead = false
                    cause.take(line[...], from: source)
                }
            }
            let problem = LocalFiles.read(path, session.machine) { piece in
                take(lines.feed(Array(piece)))
                return true
            }
            if let problem {
                session.console.say("error: cannot read `\(path)`: \(problem.reason)")
                throw MusterExit.failed.asError
            }
            if let rest = lines.finish() { take([rest]) }
        }
        let document = WhyDocument(answer: cause.answer())
        switch session.format {
        case .json: session.console.data(line: document.json.adding(places(of: document, file)).pretty)
        case .text:
            guard let answer = document.answer else {
                let logs = log.count == 1 ? "this log" : "these logs"
                session.console.data(line: "no line of \(logs) is a known failure")
                return
            }
            for line in view(answer, file, session).lines { session.console.data(line: line) }
        }
    }

    // MARK: Words

    private func show(_ documents: [WhyDocument], _ target: Target, _ session: Session) {
        let file = target.plans.isEmpty ? nil : session.check(FileOptions.of(subject))
        for error in documents.flatMap(\.unread) { session.fail(error) }
        let closed = documents.flatMap(\.closedKernels)
        if !closed.isEmpty {
            session.console.say("note: what the kernel says may not be read on \(closed.joined(separator: ", "))")
        }
        switch session.format {
        case .json:
            let all = JSONValue.replicas(documents.map { $0.json.adding(places(of: $0, file)) })
            session.console.data(line: all.pretty)
        case .text:
            for (index, document) in documents.enumerated() {
                let label = documents.count > 1 ? "replica \(index): " : ""
                if let answer = document.answer {
                    let generation = document.generation.map { "generation \($0)" } ?? "logs"
                    let state = document.hasEnded == false ? "; nothing of it has ended by itself" : ""
                    session.console.say("\(label)\(generation) of \(target.name)\(state)")
                    for line in view(answer, file, session).lines { session.console.data(line: line) }
                } else {
                    session.console.data(line: label + nothing(document, target))
                }
            }
        }
    }

    private func nothing(_ document: WhyDocument, _ target: Target) -> String {
        guard let generation = document.generation else {
            return target.plans.isEmpty
                ? "the daemon knows of no failure of \(target.name)" : "no node has a log of \(target.name)"
        }
        guard document.hasEnded ?? false else { return "nothing of generation \(generation) has failed" }
        return "generation \(generation) failed, and no line of its logs is a known failure; "
            + "`muster logs \(target.words) --generation \(generation)` shows them"
    }

    private func view(_ answer: FailureAnswer, _ file: CheckedFile?, _ session: Session) -> WhyView {
        WhyView(
            answer: answer,
            file: file,
            width: session.console.out.isTerminal ? session.console.width : nil,
            style: session.console.out.style
        )
    }

    /// Where in the cluster file the remedy is carried out.
    private func places(of document: WhyDocument, _ file: CheckedFile?) -> JSONValue {
        guard let answer = document.answer, let file, let span = file.place(of: answer) else { return ["place": .null] }
        return [
            "place": [
                "file": .string(file.source.name), "line": .integer(span.line), "column": .integer(span.column),
            ]
        ]
    }
}
