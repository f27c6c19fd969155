/// What operations need to know about the machine muster runs on, gathered once and passed along.
package struct LocalMachine: Sendable {
    package var user: String
    package var home: String
    package var hostName: String
    package var pid: Int
    package var environment: [String: String]

    package init(user: String, home: String, hostName: String, pid: Int, environment: [String: String]) {
        self.user = user
        self.home = home
        self.hostName = hostName
        self.pid = pid
        self.environment = environment
    }

    /// A path with a leading `~` replaced by the home directory.
    package func expand(_ path: String) -> String {
        path == "~" || path.hasPrefix("~/") ? home + path.dropFirst() : path
    }

    /// Where the command line keeps what it has to remember: `$XDG_STATE_HOME/muster`, else `~/.local/state/muster`.
    package var stateDirectory: String {
        let base = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.local/state"
        return "\(base)/muster"
    }
}
