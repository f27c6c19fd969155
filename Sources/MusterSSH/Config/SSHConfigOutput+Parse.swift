extension SSHConfigOutput {
    /// Reads the output of `ssh -G alias`; what it does not mention keeps its default.
    ///
    /// - Parameters:
    ///   - text: One setting a line, the keyword in lower case, as `ssh -G` prints it.
    ///   - alias: What the person wrote.
    ///   - user: The local account.
    ///   - home: The local home directory, for `~` and `%d`.
    ///   - environment: The process environment, for `SSH_AUTH_SOCK` and `${NAME}`.
    /// - Returns: The settings, paths expanded.
    public static func parse(
        _ text: String,
        alias: String,
        user: String,
        home: String,
        environment: [String: String] = [:]
    ) -> SSHConfigOutput {
        var config = defaults(alias: alias, user: user, home: home, environment: environment)
        let settings = Settings(text)
        config.user = settings["user"] ?? config.user
        config.host = settings["hostname"] ?? config.host
        config.port = settings["port"].flatMap { Int($0) } ?? config.port
        let expansion = PathExpansion(config: config, localUser: user, home: home, environment: environment)
        if let files = settings.all["identityfile"] {
            config.identityFiles = files.filter { $0 != "none" }.map(expansion.path)
        }
        if let agent = settings["identityagent"] { config.agentSocket = expansion.agent(agent) }
        let files = (settings.words("userknownhostsfile"), settings.words("globalknownhostsfile"))
        if files.0 != nil || files.1 != nil {
            config.knownHostsFiles = ((files.0 ?? []) + (files.1 ?? [])).filter { $0 != "none" }.map(expansion.path)
        }
        if settings["stricthostkeychecking"] == "accept-new" { config.hostKeys = .acceptNew }
        config.hostKeyAlias = settings["hostkeyalias"]
        config.connectTimeout = settings.seconds("connecttimeout")
        config.keepalive = settings.seconds("serveraliveinterval")
        if let jumps = settings["proxyjump"], jumps != "none" {
            config.jumps = jumps.split(separator: ",").compactMap { Jump(String($0)) }
        }
        if let command = settings["proxycommand"], command != "none" {
            config.unsupported.append(
                "`ProxyCommand \(command)` is not supported: name the host in between as a `ProxyJump`"
            )
        }
        return config
    }

    /// Keywords and values, in order.
    private struct Settings {
        var all: [String: [String]] = [:]

        init(_ text: String) {
            for line in text.split(whereSeparator: \.isNewline) {
                let parts = line.split(separator: " ", maxSplits: 1)
                guard parts.count == 2 else { continue }
                all[parts[0].lowercased(), default: []].append(parts[1].trimmingWhitespace)
            }
        }

        subscript(_ keyword: String) -> String? { all[keyword]?.first }

        func words(_ keyword: String) -> [String]? {
            self[keyword].map { $0.split(separator: " ").map(String.init) }
        }

        /// A number of seconds; 0 and `none` mean that there is no limit.
        func seconds(_ keyword: String) -> Duration? {
            self[keyword].flatMap { Int64($0) }.flatMap { $0 > 0 ? .seconds($0) : nil }
        }
    }
}

extension SSHConfigOutput.Jump {
    /// Reads `[user@]host[:port]`, `[user@][v6]:port` or `ssh://[user@]host[:port]`; `nil` without a host.
    public init?(_ text: String) {
        var rest = text.hasPrefix("ssh://") ? text.dropFirst(6) : text[...]
        var user: String?
        if let at = rest.lastIndex(of: "@") {
            user = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        var port: Int?
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            port = Int(rest[rest.index(after: end)...].drop { $0 == ":" })
            rest = rest[rest.index(after: rest.startIndex)..<end]
        } else if let colon = rest.lastIndex(of: ":"), rest.firstIndex(of: ":") == colon {
            port = Int(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        guard !rest.isEmpty else { return nil }
        self.init(host: String(rest), user: user, port: port)
    }
}

/// `~`, `${NAME}` and the `%` tokens of `ssh_config(5)` in a path; `ssh -G` prints them as written.
struct PathExpansion {
    private let tokens: [Character: String]
    private let home: String
    private let environment: [String: String]

    init(config: SSHConfigOutput, localUser: String, home: String, environment: [String: String]) {
        self.home = home
        self.environment = environment
        tokens = [
            "%": "%", "d": home, "h": config.host, "n": config.alias, "p": String(config.port), "r": config.user,
            "u": localUser, "k": config.hostKeyAlias ?? config.alias,
        ]
    }

    func path(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "%", let token = rest.popFirst() {
                result += tokens[token] ?? "%\(token)"
            } else if character == "$", rest.hasPrefix("{"), let end = rest.firstIndex(of: "}") {
                result += environment[String(rest[..<end].dropFirst())] ?? ""
                rest = rest[rest.index(after: end)...]
            } else {
                result.append(character)
            }
        }
        return result == "~" || result.hasPrefix("~/") ? home + result.dropFirst() : result
    }

    /// The value of `IdentityAgent`: a path, a variable's name, or `none`.
    func agent(_ text: String) -> String? {
        switch text {
        case "none": nil
        case "SSH_AUTH_SOCK": environment["SSH_AUTH_SOCK"].flatMap { $0.isEmpty ? nil : $0 }
        case let name where name.hasPrefix("$") && !name.hasPrefix("${"): environment[String(name.dropFirst())]
        default: path(text)
        }
    }
}
