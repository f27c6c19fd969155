import MusterPlan
package import MusterSpec
package import MusterSupervision

extension Documents {
    /// `muster.status/1`
    ///
    /// - Parameters:
    ///   - reports: One for each replica.
    ///   - starts: How far those are that a daemon brings up, by their index.
    /// - Returns: The document.
    package static func status(_ reports: [StatusReport], starts: [Int: StartProgress] = [:]) -> JSONValue {
        DeploymentStatus(replicas: reports.map { StatusDocument($0, start: starts[$0.observed.plan.replica]) }).json
    }
}
