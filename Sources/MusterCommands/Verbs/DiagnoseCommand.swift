import ArgumentParser
import MusterAPI
import MusterClient
import MusterDoctor
import MusterEngines
import MusterPlan
import MusterRuntime
import MusterSpec
import MusterTerminal

/// `muster diagnose`
struct DiagnoseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diagnose",
        abstract: "Write all that tells a deployment's story into one archive, without secrets, to send to somebody.",
        discussion: """
            In it are the file, the plan, the scripts, the logs, the kernels' words, the status, the inventories that doctor \
            has kept, the daemon's events, and the answer of `muster why`. Values of the file's secrets are masked, and \
            what looks like one; read it before you send it.
            """
    )

    @OptionGroup var target: TargetOptions
    @Option(name: [.short, .long], help: "Where to write it. Default: NAME-TIME.tar.gz in this directory.")
    var output: String?
    @Option(help: "The logs of an older generation.")
    var generation: Int?
    @OptionGroup var daemon: DaemonOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard output != "" else { throw ValidationError("--output is empty: name a file") }
    }

    func run() async throws {
        let session = Session(format: common.format)
        let target = try session.target(target)
        let keeper = try await session.keeper(of: target, daemon.choice)
        let vault = SecretVault()
        var look = EvidenceLook()
        if let plan = target.plans.first {
            look.files += local(target, session)
            for secret in plan.secrets {
                // What cannot be read here is masked by what the nodes have, and by its looks.
                guard case .success(let value) = LocalFiles.secret(secret.source, session.machine) else { continue }
                vault.put([secret.name: value])
            }
        }
        let nodes = try await gather(target.plans, vault, session)
        look.files += nodes.files
        look.unread += nodes.unread
        if let keeper { look.files += try await kept(keeper, session) }
        let time = "\(session.now)"
        look.files.append(EvidenceLook.File("README.txt", Self.contents(target.name, time, look, keeper)))
        try await write(look, target.name, time, vault, session)
    }

    /// What needs nobody to be asked.
    private func local(_ target: Target, _ session: Session) -> [EvidenceLook.File] {
        let checked = session.check(self.target.file)
        let inventories = target.plans.first.map { KeptInventories(session.machine, $0.name).read() } ?? []
        return [
            EvidenceLook.File("cluster.yaml", checked.source.text),
            EvidenceLook.File("plan.json", Documents.plan(target.plans).pretty + "\n"),
        ]
            + target.plans.flatMap(\.renderedFiles).map { EvidenceLook.File("render/\($0.path)", $0.content) }
            + inventories.map {
                EvidenceLook.File("inventory/\($0.node.replacing("/", with: "_")).json", $0.json.pretty + "\n")
            }
    }

    private func gather(_ plans: [LaunchPlan], _ vault: SecretVault, _ session: Session) async throws -> EvidenceLook {
        let generation = generation
        return try await session.operate { interrupts in
            let looks = try await interrupts.cancelling {
                await FanOut.map(plans) { plan in
                    let fleet = await Fleet.connect(plan, link: session.link)
                    var look = await EvidenceLook.take(at: fleet, generation, vault)
                    var why = await FailureLook.take(at: fleet, generation)
                    // In JSON a value with quotes would not be found any more.
                    why.answer = why.answer?.scrubbed(vault.scrub)
                    let status = await StatusReport.gather([fleet])
                    await fleet.close()
                    let folder = plan.replicas > 1 ? "replica-\(plan.replica)/" : ""
                    look.files.append(EvidenceLook.File("\(folder)status.json", Documents.status(status).pretty + "\n"))
                    let answer = WhyDocument(plan.name.value, why).json
                    look.files.append(EvidenceLook.File("\(folder)why.json", answer.pretty + "\n"))
                    return look
                }
            }
            guard let looks else { throw RuntimeError(.interrupted, "interrupted, and nothing was written") }
            return looks.reduce(into: EvidenceLook()) { whole, part in
                whole.files += part.files
                whole.unread += part.unread
            }
        }
    }

    /// What a daemon knows.
    private func kept(_ keeper: Keeper, _ session: Session) async throws -> [EvidenceLook.File] {
        try await session.question(keeper.address) { client in
            var records: [EventRecord] = []
            var next = Int64.max
            // Of a long life the last ten thousand are enough.
            while records.count < 10_000 {
                let page = try await client.events(before: next, of: keeper.name, limit: 1000).events
                guard let first = page.first else { break }
                records = page + records
                next = first.id
            }
            let lines = records.map { EventLine(record: $0, style: .plain) }
            let detail = try await client.deployment(keeper.name).detail.text
            let status = try await client.status(of: keeper.name).text
            return [
                EvidenceLook.File("events.jsonl", lines.map { $0.json + "\n" }.joined()),
                EvidenceLook.File("events.txt", lines.map { $0.text + "\n" }.joined()),
                EvidenceLook.File("daemon.json", detail + "\n"), EvidenceLook.File("daemon-status.json", status + "\n"),
            ]
        }
    }

    private static func contents(_ name: String, _ time: String, _ look: EvidenceLook, _ keeper: Keeper?) -> String {
        let unread = look.unread.isEmpty ? ["everything that was looked for was read"] : look.unread.map(\.description)
        return """
            \(name), gathered \(time) by muster \(Release.version)\(keeper == nil ? "" : ", with what musterd knows")

            Secrets are masked as \(LogRedaction.mask) or [redacted]: the values that the file names, and what looks like one.

            Not read:
            \(unread.map { "  \($0)" }.joined(separator: "\n"))

            """
    }

    private func write(
        _ look: EvidenceLook,
        _ name: String,
        _ time: String,
        _ vault: SecretVault,
        _ session: Session
    ) async throws {
        let stamp = time.filter { $0.isLetter || $0.isNumber }
        let folder = "\(name)-\(stamp)"
        let path = session.machine.expand(output ?? "\(folder).tar.gz")
        let files = look.files.map { file in
            let lines = vault.scrub(file.text).split(separator: "\n", omittingEmptySubsequences: false)
            return EvidenceLook.File(
                file.path,
                lines.map { LogRedaction.line(String($0)) }.joined(separator: "\n")
            )
        }
        if let problem = await Archive.write(files, in: folder, to: path) {
            session.console.say("error: cannot write `\(path)`: \(problem.reason)")
            throw MusterExit.failed.asError
        }
        for error in look.unread { session.fail(error) }
        switch session.format {
        case .text: session.console.data(line: path)
        case .json:
            let document: JSONValue = [
                "format": "muster.diagnose/1", "name": .string(name), "archive": .string(path),
                "files": .array(files.map { .string($0.path) }),
                "unread": .array(look.unread.map(Documents.error)),
            ]
            session.console.data(line: document.pretty)
        }
        if !look.unread.isEmpty { throw MusterExit.partial.asError }
    }
}
