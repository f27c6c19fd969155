import ArgumentParser
import MusterDoctor
import MusterEngines
import MusterPlan
import MusterRuntime
import MusterSpec

/// `muster fit`
struct FitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit",
        abstract: "Tell whether the model fits: memory of each GPU, tokens of the cache, what to change.",
        discussion: """
            The model's config.json is looked for on this machine, where the cluster file names the model by its path, and \
            then in what the nodes said last time; only when it is in neither are the nodes asked, which reads and changes \
            nothing. The memory of the GPUs is what the nodes said, unless it is given here.

            Ends with 1 when the engine would refuse the model or its weights or requests have no room, and with 5 when \
            nothing is wrong and not all could be judged.
            """
    )

    @OptionGroup var file: FileOptions
    @Option(help: "The model's config.json, or the folder it lies in, in place of the file's model.")
    var config: String?
    @Option(help: "Judge by GPUs of this name: \(KnownCard.allCases.map(\.rawValue).joined(separator: ", ")).")
    var gpu: String?
    @Option(help: ArgumentHelp("Judge by GPUs with so much memory, in GiB.", valueName: "gib"))
    var gpuMemory: Double?
    @Flag(help: "Connect to nobody.")
    var offline = false
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard config != "" else { throw ValidationError("--config is empty: name a file or a folder") }
        guard gpu == nil || gpuMemory == nil else { throw ValidationError("give one of --gpu and --gpu-memory") }
        if let gpu, KnownCard(name: gpu) == nil {
            let names = KnownCard.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("the memory of a `\(gpu)` is not known; known are \(names), others by --gpu-memory")
        }
        guard gpuMemory.map({ (1...4096).contains($0) }) ?? true else {
            throw ValidationError("--gpu-memory is 1 to 4096 GiB")
        }
    }

    func run() async throws {
        let session = Session(format: common.format)
        let checked = try session.checked(file, quiet: true)
        guard let spec = checked.spec, let gang = spec.gangs.first else { return }
        let search = FitSearch(session: session, config: config, card: card, isOffline: offline)
        let found = try await search.find(spec, checked.plans)
        for failure in found.failures { session.fail(failure) }
        let fit = ModelFit(
            spec: gang,
            shape: found.shape,
            checkpoint: found.model.weightBytes,
            card: found.card?.memory
        )
        let report = FitReport(
            fit,
            file: file.path,
            origins: .init(model: found.origin, card: found.card?.origin)
        )
        switch common.format {
        case .json: session.console.data(line: report.json.pretty)
        case .text: session.show(report.sections(width: session.console.width))
        }
        if found.card == nil {
            session.console.say("note: give --gpu or --gpu-memory, or have the nodes looked at by `muster doctor`")
        }
        let exit = MusterExit.of(fit)
        if exit != .ok { throw exit.asError }
    }

    /// What the person says of the GPUs.
    private var card: FitSearch.Card? {
        if let known = gpu.flatMap({ KnownCard(name: $0) }) {
            return .init(memory: known.memory, origin: "\(known.rawValue), as --gpu says")
        }
        return gpuMemory.map { gibibytes in
            let total = ByteCount(bytes: Int(gibibytes * Double(1 << 30)))
            return .init(memory: CardMemory(total: total), origin: "as --gpu-memory says")
        }
    }
}

extension MusterExit {
    /// How a judgement of memory and shapes ends.
    static func of(_ fit: ModelFit) -> MusterExit {
        if fit.problems.contains(where: { $0.severity == .error }) { return .failed }
        return fit.unjudged.isEmpty ? .ok : .partial
    }
}
