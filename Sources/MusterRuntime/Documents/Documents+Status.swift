package import MusterSpec

extension Documents {
    /// `muster.status/1`
    package static func status(_ reports: [StatusReport]) -> JSONValue {
        DeploymentStatus(replicas: reports.map(StatusDocument.init)).json
    }
}
