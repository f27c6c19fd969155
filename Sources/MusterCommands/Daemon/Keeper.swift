import ArgumentParser
import MusterAPI
import MusterClient
import MusterPlan
import MusterRuntime
import MusterSpec

/// A daemon that keeps the deployment a verb is about.
struct Keeper: Sendable {
    let address: DaemonAddress
    let target: Target
    /// What it knew when it was found.
    let deployment: KeptDeployment

    var name: String { target.name }

    /// The units by their names: those of the file where there is one, and what the daemon says otherwise.
    func roster(_ client: DaemonClient) async throws -> UnitRoster {
        if !target.plans.isEmpty { return UnitRoster(target.plans, substitutes: deployment.substitutes) }
        return UnitRoster(try DeploymentStatus(reading: await client.status(of: name).text))
    }
}

extension Session {
    /// Finds out who does the work of a verb on a deployment.
    ///
    /// - Parameters:
    ///   - target: The deployment.
    ///   - choice: What the person said about it.
    /// - Returns: The daemon that keeps the deployment; nothing when the work is to be done from here, on the target's
    ///   plans.
    /// - Throws: The exit code, when only a daemon could do it; what is the matter has been said.
    func keeper(of target: Target, _ choice: DaemonChoice) async throws -> Keeper? {
        let isEssential = target.plans.isEmpty
        if isEssential, choice == .foreground {
            throw ValidationError("--foreground needs the cluster file; --name is for what a daemon keeps")
        }
        let need: Need = isEssential ? .essential("deployments by their names") : .none
        guard let address = try await daemon(choice, need) else { return nil }
        let isFree = !isEssential && choice == .either
        let console = console
        return try await question(address) { client in
            do {
                let deployment = try await client.kept(target.name)
                return Keeper(address: address, target: target, deployment: deployment)
            } catch let error as ClientError where error.isNotKept && isFree {
                console.say("note: \(error.message), so this is done from here")
                return nil
            }
        }
    }
}
