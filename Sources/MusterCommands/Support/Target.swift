import ArgumentParser
import MusterPlan
import MusterRuntime
import MusterSpec

/// The deployment a verb is about.
struct Target: Sendable {
    let name: String
    /// One for each replica; none where only a daemon knows what the name stands for.
    let plans: [LaunchPlan]
    /// How the person named it, for commands that are proposed.
    let words: String
}

extension Target {
    /// The deployment of a file.
    init(_ plans: [LaunchPlan], words: String) {
        self.init(name: plans.first?.name.value ?? "", plans: plans, words: words)
    }
}

extension Session {
    /// The deployment that is meant, with the plans of its file where one was given. Says what is wrong with the file, and
    /// ends, when that is an error.
    func target(_ options: TargetOptions, quiet: Bool = true) throws -> Target {
        if let name = options.name { return Target(name: name, plans: [], words: "--name \(name)") }
        let plans = try plans(options.file, quiet: quiet)
        return Target(plans, words: options.file.path)
    }

    /// The name of the deployment that is meant. A file that has one will do, whatever else is wrong with it: what runs
    /// can be dealt with although the file has been changed meanwhile.
    func name(_ options: TargetOptions) throws -> String {
        if let name = options.name { return name }
        let checked = check(options.file)
        if let name = checked.spec?.name.value.value, !name.isEmpty { return name }
        return try Target(plans(options.file, quiet: true), words: "").name
    }
}
