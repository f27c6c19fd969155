package import MusterAPI
import NIOCore

/// One method for each operation, in the words of the service.
extension DaemonClient {
    package func version() async throws(ClientError) -> DaemonVersion { try await resource(DaemonRequest(.version)) }

    package func health() async throws(ClientError) -> DaemonHealth { try await resource(DaemonRequest(.health)) }

    package func metrics() async throws(ClientError) -> String {
        String(buffer: try await bytes(DaemonRequest(.metrics)))
    }

    package func openAPI() async throws(ClientError) -> RawJSON { try await rawJSON(DaemonRequest(.openAPI)) }

    package func deployments() async throws(ClientError) -> [DeploymentSummary] {
        try await resource(DaemonRequest(.listDeployments), DeploymentList.self).deployments
    }

    package func deployment(_ name: String) async throws(ClientError) -> DeploymentDetail {
        try await resource(DaemonRequest(.deployment, name))
    }

    package func status(of name: String) async throws(ClientError) -> RawJSON {
        try await rawJSON(DaemonRequest(.status, name))
    }

    package func up(_ name: String, _ request: UpRequest) async throws(ClientError) -> Accepted {
        try await resource(DaemonRequest(.up, name).with(request))
    }

    package func down(_ name: String) async throws(ClientError) -> Accepted {
        try await resource(DaemonRequest(.down, name))
    }

    package func restart(_ name: String, _ request: RestartRequest) async throws(ClientError) -> Accepted {
        try await resource(DaemonRequest(.restart, name).with(request))
    }

    package func pause(_ name: String) async throws(ClientError) -> Accepted {
        try await resource(DaemonRequest(.pause, name))
    }

    package func resume(_ name: String) async throws(ClientError) -> Accepted {
        try await resource(DaemonRequest(.resume, name))
    }

    package func forget(_ name: String) async throws(ClientError) { _ = try await bytes(DaemonRequest(.forget, name)) }

    package func nodes() async throws(ClientError) -> [NodeSummary] {
        try await resource(DaemonRequest(.nodes), NodeList.self).nodes
    }

    package func drain(_ node: String) async throws(ClientError) -> Accepted {
        try await resource(DaemonRequest(.drain, node))
    }

    package func undrain(_ node: String) async throws(ClientError) -> Accepted {
        try await resource(DaemonRequest(.undrain, node))
    }

    package func validate(_ file: FileRequest) async throws(ClientError) -> RawJSON {
        try await rawJSON(DaemonRequest(.validate).with(file))
    }

    package func plan(_ file: FileRequest) async throws(ClientError) -> RawJSON {
        try await rawJSON(DaemonRequest(.plan).with(file))
    }

    package func render(_ file: FileRequest) async throws(ClientError) -> RawJSON {
        try await rawJSON(DaemonRequest(.render).with(file))
    }

    package func explain(_ code: String) async throws(ClientError) -> RawJSON {
        try await rawJSON(DaemonRequest(.explain, code))
    }

    package func schema() async throws(ClientError) -> RawJSON { try await rawJSON(DaemonRequest(.schema)) }
}
