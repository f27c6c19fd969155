import Glibc
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
package import MusterAPI
package import MusterMetrics
import NIOCore
import ServiceLifecycle

/// Serves the API on its Unix socket and, where it is asked to, on TCP, until it is shut down.
package struct APIServer: Service {
    /// A place where requests are taken from now on.
    package enum Listener: Hashable, Sendable {
        case socket(String)
        case tcp(host: String, port: Int)
    }

    private let router: APIRouter
    private let settings: ServerSettings
    private let logger: Logger
    private let listening: @Sendable (Listener) async -> Void

    /// - Parameters:
    ///   - service: What the daemon does.
    ///   - settings: Where and how to serve.
    ///   - version: The daemon's release, for the header of every answer.
    ///   - metrics: Where requests are counted.
    ///   - logger: For what a person has to know.
    ///   - listening: Called once for each listener, when it takes requests.
    package init(
        _ service: any DaemonService,
        settings: ServerSettings,
        version: String,
        metrics: MetricsRegistry,
        logger: Logger,
        listening: @escaping @Sendable (Listener) async -> Void = { _ in }
    ) {
        router = APIRouter(
            service: service,
            settings: settings,
            metrics: RequestMetrics(metrics),
            version: version
        )
        self.settings = settings
        self.logger = logger
        self.listening = listening
    }

    /// Serves until it is shut down; streams that are open are ended, and other requests are finished.
    ///
    /// - Throws: `ServerError` when it cannot begin.
    package func run() async throws {
        let tcp = try settings.tcp.map(tcpApplication)
        let claim = try SocketClaim(settings.socket)
        defer { claim.removeSocket() }
        let services: [any Service] = [socketApplication(claim)] + (tcp.map { [$0] } ?? [])
        do {
            try await ServiceGroup(configuration: .init(services: services, logger: logger)).run()
        } catch let error where !(error is CancellationError) {
            throw ServerError(.unusable, "the API cannot be served: \(error)")
        }
    }

    private func socketApplication(_ claim: SocketClaim) -> some Service {
        let gate = PeerGate()
        return Application(
            router: router.router { _, channel in try await gate.requester(at: channel) },
            server: plainServer,
            configuration: configuration(.unixDomainSocket(path: claim.path)),
            onServerRunning: { [listening] _ in await listening(.socket(claim.path)) },
            logger: logger
        )
    }

    private func tcpApplication(_ tcp: ServerSettings.TCP) throws -> any Service {
        let gate = try TokenGate(file: tcp.tokenFile)
        return Application(
            router: router.router { request, channel in try gate.requester(request, at: channel) },
            server: try tcp.server(over: plainServer),
            configuration: configuration(.hostname(tcp.host, port: tcp.port)),
            onServerRunning: { [listening] channel in
                await listening(.tcp(host: tcp.host, port: channel.localAddress?.port ?? tcp.port))
            },
            logger: logger
        )
    }

    private var plainServer: HTTPServerBuilder {
        .http1(
            configuration: .init(
                additionalChannelHandlers: [ConnectionEnd()],
                idleTimeout: TimeAmount(settings.idleTimeout)
            )
        )
    }

    private func configuration(_ address: BindAddress) -> ApplicationConfiguration {
        ApplicationConfiguration(
            address: address,
            serverName: "musterd",
            availableConnectionsDelegate: MaximumAvailableConnections(settings.connections)
        )
    }
}

extension ServerSettings.TCP {
    /// The protection that was asked for, around the protocol.
    fileprivate func server(over plain: HTTPServerBuilder) throws(ServerError) -> HTTPServerBuilder {
        guard case .tls(let certificate, let key) = protection else { return plain }
        do {
            let configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
            )
            return try .tls(plain, tlsConfiguration: configuration)
        } catch {
            throw ServerError(.unusable, "TLS with `\(certificate)` and `\(key)`: \(error)")
        }
    }
}
