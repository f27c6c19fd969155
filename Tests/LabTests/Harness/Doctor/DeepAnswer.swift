import Foundation

/// `muster doctor FILE --deep --format json`, as far as the scenarios look at it.
struct DeepAnswer: Decodable, Sendable {
    struct Deep: Decodable, Sendable {
        let measurements: [Measurement]
        let transports: [Transport]
    }

    struct Measurement: Decodable, Sendable {
        let kind: String
        let nodes: [String]
        let ranks: Int
        let tool: String?
        let backend: String?
        let smallUs: Double?
        let largeBusBandwidth: Double?
        let notTried: String?
    }

    struct Transport: Decodable, Sendable {
        struct Node: Decodable, Sendable {
            let name: String
            let rdmaBytes: Int
            let interface: String?
            let interfaceBytes: Int?
        }

        let text: String
        let nodes: [Node]
    }

    struct Refusal: Decodable, Sendable {
        let code: String
        let details: [String]
    }

    let findings: [DoctorAnswer.Finding]
    /// Nothing where nothing was measured.
    let deep: Deep?
    let notMeasured: Refusal?
    private(set) var code: Int32?

    private enum CodingKeys: String, CodingKey { case findings, deep, notMeasured }

    init(_ finished: Finished) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            self = try decoder.decode(DeepAnswer.self, from: Data(finished.out.utf8))
        } catch {
            throw LabFailure("no answer of doctor's: \(error)\n\(finished)")
        }
        code = finished.code
    }
}
