import MusterSSH
import Testing

@Suite("Reading ssh -G")
struct ConfigTests {
    private func parse(_ text: String, environment: [String: String] = [:]) -> SSHConfigOutput {
        SSHConfigOutput.parse(text, alias: "node", user: "me", home: "/home/me", environment: environment)
    }

    @Test("everything that matters is read")
    func whole() {
        let config = parse(
            """
            user admin
            hostname 10.0.0.7
            port 2222
            identityfile ~/.ssh/id_%h
            identityfile /keys/%r
            identityagent /run/agent
            userknownhostsfile ~/.ssh/known_hosts ~/.ssh/known_hosts2
            globalknownhostsfile /etc/ssh/ssh_known_hosts
            stricthostkeychecking accept-new
            hostkeyalias cluster
            connecttimeout 7
            serveraliveinterval 20
            proxyjump bob@gate:2200,inner
            """
        )
        #expect(config.user == "admin")
        #expect(config.host == "10.0.0.7")
        #expect(config.port == 2222)
        #expect(config.identityFiles == ["/home/me/.ssh/id_10.0.0.7", "/keys/admin"])
        #expect(config.agentSocket == "/run/agent")
        #expect(
            config.knownHostsFiles == [
                "/home/me/.ssh/known_hosts", "/home/me/.ssh/known_hosts2", "/etc/ssh/ssh_known_hosts",
            ]
        )
        #expect(config.hostKeys == .acceptNew)
        #expect(config.hostKeyAlias == "cluster")
        #expect(config.jumps == [.init(host: "gate", user: "bob", port: 2200), .init(host: "inner")])
        #expect(config.unsupported.isEmpty)
        let target = config.target()
        #expect(target.connectTimeout == .seconds(7))
        #expect(target.keepalive == .seconds(20))
        #expect(target.alias == "node")
    }

    @Test("an empty output gives the defaults")
    func empty() {
        let config = parse("", environment: ["SSH_AUTH_SOCK": "/sock"])
        #expect(config.user == "me" && config.host == "node" && config.port == 22)
        #expect(config.identityFiles.first == "/home/me/.ssh/id_ed25519")
        #expect(config.agentSocket == "/sock")
        #expect(config.hostKeys == .strict)
        #expect(config.target().connectTimeout == .seconds(15))
    }

    @Test(
        "a proxy command is not supported, and the reason says what to do",
        arguments: [
            ("nc %h %p", 1), ("none", 0),
        ]
    )
    func proxyCommand(value: String, count: Int) {
        #expect(parse("proxycommand \(value)").unsupported.count == count)
    }

    @Test(
        "the agent is a path, a variable, or none",
        arguments: [
            ("none", nil), ("SSH_AUTH_SOCK", "/env"), ("$OTHER", "/other"), ("~/agent", "/home/me/agent"),
            ("${OTHER}.sock", "/other.sock"),
        ] as [(String, String?)]
    )
    func agent(value: String, expected: String?) {
        let config = parse("identityagent \(value)", environment: ["SSH_AUTH_SOCK": "/env", "OTHER": "/other"])
        #expect(config.agentSocket == expected)
    }

    @Test(
        "jump hosts are read in all their forms",
        arguments: [
            ("a", SSHConfigOutput.Jump(host: "a")), ("u@a:1", .init(host: "a", user: "u", port: 1)),
            ("[::1]:22", .init(host: "::1", port: 22)), ("u@[fe80::1]", .init(host: "fe80::1", user: "u")),
            ("ssh://u@a:9", .init(host: "a", user: "u", port: 9)), ("::1", .init(host: "::1")), ("", nil),
        ] as [(String, SSHConfigOutput.Jump?)]
    )
    func jump(text: String, expected: SSHConfigOutput.Jump?) {
        #expect(SSHConfigOutput.Jump(text) == expected)
    }

    @Test("the defaults take the account from the name")
    func defaults() {
        let config = SSHConfigOutput.defaults(alias: "you@host", user: "me", home: "/h")
        #expect(config.user == "you" && config.host == "host")
        #expect(config.knownHostsFiles.first == "/h/.ssh/known_hosts")
    }
}

@Suite("Quoting for a shell")
struct ShellQuotingTests {
    @Test(
        "words are quoted only where a shell would read them otherwise",
        arguments: [
            ("plain-1.2/x", "plain-1.2/x"), ("", "''"), ("a b", "'a b'"), ("it's", #"'it'\''s'"#), ("$x", "'$x'"),
            ("~", "'~'"), ("a\nb", "'a\nb'"), ("=x", "'=x'"), ("a=b", "a=b"), ("é", "'é'"), ("a\\b", #"'a\b'"#),
        ]
    )
    func quote(text: String, expected: String) {
        #expect(ShellQuoting.quote(text) == expected)
    }

    @Test("an assignment as the first word is quoted, as a later one it is not")
    func command() {
        #expect(ShellQuoting.command(["A=1", "B=2", "c d"]) == "'A=1' B=2 'c d'")
    }
}
