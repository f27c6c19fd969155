import MusterClient
import MusterRuntime
import MusterSpec

/// Whether there is a daemon to ask: the one place where that is found out.
enum DaemonDoor: Sendable {
    /// A daemon answers here.
    case daemon(DaemonAddress, VersionSkew?)
    /// There is no socket anywhere one is looked for.
    case none
    /// There is a socket, and nobody behind it who answers this user in time.
    case unreachable(RuntimeError)

    /// A daemon that is well answers within milliseconds.
    private static let patience = Duration.seconds(2)

    /// Knocks at every place a daemon of this user's may listen at.
    static func find(_ machine: LocalMachine) async -> DaemonDoor {
        // Who names a socket means that one, whether it is there or not.
        let isNamed = machine.environment["MUSTERD_SOCKET"].map { !$0.isEmpty } ?? false
        var obstacle: RuntimeError?
        for path in DaemonSocket.candidates(machine) {
            do {
                let address = DaemonAddress.socket(path)
                return try await DaemonClient.with(address, release: Release.version, deadline: patience) { client in
                    _ = try await client.version()
                    return .daemon(address, client.skew)
                }
            } catch let error as ClientError {
                if error.code == .noSocket, !isNamed { continue }
                obstacle = obstacle ?? error.errors.first
            } catch {
                obstacle = obstacle ?? RuntimeError(.daemonUnreachable, "\(error)")
            }
        }
        return obstacle.map(DaemonDoor.unreachable) ?? .none
    }
}
