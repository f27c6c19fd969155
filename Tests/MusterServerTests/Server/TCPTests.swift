import Foundation
import Glibc
import Logging
import MusterAPI
import MusterClient
import MusterMetrics
import MusterTesting
import Testing

@testable import MusterServer

@Suite("The TCP listener")
struct TCPTests {
    private static let token = "0123456789abcdef0123"

    private func curl(_ words: String...) async throws -> String {
        try await LocalCommand(["curl", "-sS", "-m", "20", "-i"] + words).run().text
    }

    @Test("only the right token opens it, and the socket beside it needs none")
    func token() async throws {
        try await withScratch { scratch in
            let file = try scratch.write(Self.token + "\n", to: "token", mode: 0o600)
            let tcp = ServerSettings.TCP(host: "127.0.0.1", port: 0, tokenFile: file, protection: .plaintext)
            try await withServer(FakeDaemon(), in: scratch.path, settings: { $0.tcp = tcp }) { server in
                let url = "http://127.0.0.1:\(server.port)/v1/deployments/llm/pause"
                let missing = try await curl("-X", "POST", url)
                #expect(missing.hasPrefix("HTTP/1.1 401") && missing.contains("the request has no token"))
                #expect(missing.contains("WWW-Authenticate: Bearer") && missing.contains("Muster-Version: 9.9.9"))
                for wrong in ["x", String(Self.token.dropLast()), Self.token + "0", "0123456789abcdef012x"] {
                    let answer = try await curl("-X", "POST", "-H", "Authorization: Bearer \(wrong)", url)
                    #expect(answer.hasPrefix("HTTP/1.1 401") && answer.contains("the token is another one"))
                    #expect(!answer.contains(Self.token))
                }
                let basic = try await curl("-X", "POST", "-u", "a:\(Self.token)", url)
                #expect(basic.hasPrefix("HTTP/1.1 401"))
                let metrics = try await curl("http://127.0.0.1:\(server.port)/metrics")
                #expect(metrics.hasPrefix("HTTP/1.1 401"))
                #expect(server.daemon.calls == [])
                let right = try await curl("-X", "POST", "-H", "Authorization: Bearer \(Self.token)", url)
                #expect(right.hasPrefix("HTTP/1.1 202"))
                #expect(server.daemon.calls == ["pause llm by 127.0.0.1 - tcp"])
                #expect(try await server.withClient { try await $0.health().status } == "ok")
            }
        }
    }

    @Test("TLS is served with the certificate that was given, and with nothing else")
    func tls() async throws {
        try await withScratch { scratch in
            let file = try scratch.write(Self.token, to: "token", mode: 0o600)
            let (certificate, key) = (scratch.path + "/cert.pem", scratch.path + "/key.pem")
            let openssl = try await LocalCommand([
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=musterd",
                "-addext", "subjectAltName=IP:127.0.0.1",
            ]).run()
            #expect(openssl.status == 0, "\(openssl.errorText)")
            let protection = ServerSettings.TCP.Protection.tls(certificate: certificate, key: key)
            let tcp = ServerSettings.TCP(host: "127.0.0.1", port: 0, tokenFile: file, protection: protection)
            try await withServer(FakeDaemon(), in: scratch.path, settings: { $0.tcp = tcp }) { server in
                let url = "https://127.0.0.1:\(server.port)/v1/health"
                let right = try await curl("--cacert", certificate, "-H", "Authorization: Bearer \(Self.token)", url)
                #expect(right.contains(" 200 ") && right.contains(#""status":"ok""#))
                let unauthorized = try await curl("--cacert", certificate, url)
                #expect(unauthorized.contains(" 401 "))
                let plain = try await curl("http://127.0.0.1:\(server.port)/v1/health")
                #expect(!plain.contains("HTTP/1.1 200"))
                let untrusted = try await LocalCommand(["curl", "-sS", "-m", "20", url]).run()
                #expect(untrusted.status != 0)
            }
        }
    }

    /// A token's file that is not good enough, and what is said about it.
    struct Bad: Sendable, CustomTestStringConvertible {
        let text: String?
        var mode = 0o600
        let says: String
        var testDescription: String { says }
    }

    private static let bad: [Bad] = [
        Bad(text: nil, says: "No such file"),
        Bad(text: "0123456789abcde\n", says: "at least 16"),
        Bad(text: "", says: "at least 16"),
        Bad(text: "0123456789abcdef 0123", says: "one line"),
        Bad(text: "0123456789abcdef", mode: 0o644, says: "can be read by everyone"),
    ]

    @Test("without a proper token nothing is served", arguments: bad)
    func noToken(row: Bad) async throws {
        try await withScratch { scratch in
            let file = scratch.path + "/token"
            if let text = row.text { try scratch.write(text, to: "token", mode: row.mode) }
            var settings = ServerSettings(socket: scratch.path + "/run/s")
            settings.tcp = .init(host: "127.0.0.1", port: 0, tokenFile: file, protection: .plaintext)
            let error = await refusal(settings)
            #expect(error?.message.contains(row.says) == true, "\(error?.message ?? "")")
            #expect(!FileManager.default.fileExists(atPath: settings.socket))
        }
    }

    @Test("a certificate that is none and a port that is taken are said")
    func unusable() async throws {
        try await withScratch { scratch in
            let file = try scratch.write(Self.token, to: "token", mode: 0o600)
            try scratch.write("no certificate", to: "cert")
            var settings = ServerSettings(socket: scratch.path + "/run/s")
            let protection = ServerSettings.TCP.Protection.tls(certificate: scratch.path + "/cert", key: file)
            settings.tcp = .init(host: "127.0.0.1", port: 0, tokenFile: file, protection: protection)
            #expect(await refusal(settings)?.message.contains("/cert") == true)

            let tcp = ServerSettings.TCP(host: "127.0.0.1", port: 0, tokenFile: file, protection: .plaintext)
            try await withServer(FakeDaemon(), in: scratch.path, settings: { $0.tcp = tcp }) { server in
                var settings = ServerSettings(socket: scratch.path + "/run/other")
                settings.tcp = .init(host: "127.0.0.1", port: server.port, tokenFile: file, protection: .plaintext)
                #expect(await refusal(settings)?.code == .unusable)
            }
        }
    }
}
