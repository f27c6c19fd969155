import Foundation

/// `muster doctor FILE --format json`, as far as the scenarios look at it.
struct DoctorAnswer: Decodable, Sendable {
    struct Finding: Decodable, Sendable, CustomStringConvertible {
        let code: String
        let severity: String
        let nodes: [String]
        let subject: String?
        let message: String
        let measured: String?
        let change: String
        /// Nothing in a consequence.
        let consequences: [Finding]?

        var description: String {
            let hidden = consequences.map { $0.isEmpty ? "" : " (explains \($0.map(\.code).joined(separator: ", ")))" }
            return "\(code) \(nodes.joined(separator: ",")) [\(subject ?? "-")] \(message): \(measured ?? "-"); "
                + change + (hidden ?? "")
        }
    }

    struct Unknown: Decodable, Sendable {
        let what: String
        let reason: String
    }

    let format: String
    let errors: Int
    let warnings: Int
    /// Those that no other one explains.
    let findings: [Finding]
    let unknown: [Unknown]
    /// From the start of the program to its end.
    private(set) var elapsed = Duration.zero

    private enum CodingKeys: String, CodingKey { case format, errors, warnings, findings, unknown }

    init(_ finished: Finished) throws {
        do {
            self = try JSONDecoder().decode(DoctorAnswer.self, from: Data(finished.out.utf8))
        } catch {
            throw LabFailure("no answer of doctor's: \(error)\n\(finished)")
        }
        elapsed = finished.elapsed
    }
}
