package import MusterSpec

extension Documents {
    /// `muster.status/1`
    package static func status(_ report: StatusReport) -> JSONValue { StatusDocument(report).json }
}
