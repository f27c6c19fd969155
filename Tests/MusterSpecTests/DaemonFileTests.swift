import MusterSpec
import MusterTesting
import Testing

@Suite("DaemonFile")
struct DaemonFileTests {
    private func file(_ text: String) -> DaemonFile { DaemonFile(bytes: Array(text.utf8), name: "musterd.yaml") }

    @Test("nothing at all is a file of defaults", arguments: ["", "# only a comment\n", "{}"])
    func empty(_ text: String) {
        let file = file(text)
        #expect(file.diagnostics.isEmpty)
        #expect(file.spec.logLevel == "notice" && file.spec.keptEvents == 10_000)
        #expect(file.spec.listen == nil)
    }

    @Test("all keys are read")
    func all() throws {
        let file = file(
            """
            state_dir: /srv/musterd
            socket: /run/m/s.sock
            listen: {address: 10.0.0.1, port: 7433, token_file: /etc/t, tls: {certificate: /c, key: /k}}
            log: {level: debug, format: json}
            retention: {events: 500, age: 1h}
            stop_timeout: 5s
            """
        )
        #expect(file.diagnostics.isEmpty)
        #expect(file.spec.stateDirectory == "/srv/musterd" && file.spec.socket == "/run/m/s.sock")
        let listen = try #require(file.spec.listen)
        #expect(listen.address.text == "10.0.0.1" && listen.port.value == 7433)
        guard case .tls(certificate: "/c", key: "/k") = listen.protection else {
            Issue.record("\(listen.protection)")
            return
        }
        #expect(file.spec.logLevel == "debug" && file.spec.logFormat == "json")
        #expect(file.spec.keptEvents == 500 && file.spec.keptAge == .seconds(3600))
        #expect(file.spec.stopTimeout == .seconds(5))
    }

    @Test("TCP without a word on TLS, or without a token, is an error and never an open port")
    func neverOpen() {
        for text in [
            "listen: {port: 1, token_file: /t}", "listen: {port: 1, tls: refused}",
            "listen: {port: 1, token_file: /t, tls: off}",
        ] {
            let file = file(text)
            #expect(file.diagnostics.hasErrors, "\(text)")
            #expect(file.spec.listen == nil, "\(text)")
        }
    }

    @Test("a misspelt key is found, with its place and what was meant")
    func misspelt() throws {
        let problem = try #require(file("log:\n  levle: info\n").diagnostics.first)
        #expect(problem.code == .unknownKey && problem.span?.line == 2)
        #expect(problem.hint?.contains("level") == true)
    }

    @Test("the page in the documentation is what the table says")
    func page() {
        expectGenerated(FieldReference.daemonText, "Sources/MusterSpec/MusterSpec.docc/DaemonFileReference.md")
    }
}
