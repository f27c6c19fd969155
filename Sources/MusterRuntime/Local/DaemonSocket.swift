/// Where a daemon's socket is looked for, and made when nobody names one.
package enum DaemonSocket {
    /// Of the service, and of a daemon that root runs.
    package static let system = "/run/musterd/musterd.sock"

    /// The paths a command tries, first one first; only the one that `MUSTERD_SOCKET` names, where it is set.
    package static func candidates(_ machine: LocalMachine) -> [String] {
        if let path = machine.environment["MUSTERD_SOCKET"], !path.isEmpty { return [machine.expand(path)] }
        let own = machine.expand("~/.local/state/musterd/api/musterd.sock")
        return machine.user == "root" ? [system] : [own, system]
    }
}
