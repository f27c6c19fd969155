import Testing

@testable import MusterDoctor

extension Reading {
    /// The value, or a test that failed with the damage.
    func require(sourceLocation: SourceLocation = #_sourceLocation) throws -> Value {
        try #require(value, "\(damage?.message ?? "")", sourceLocation: sourceLocation)
    }

    /// The remarks of a text that was read.
    var remarks: [Remark] {
        guard case .read(_, let remarks) = self else { return [] }
        return remarks
    }
}

/// A text's bytes.
func bytes(_ lines: String...) -> [UInt8] { Array(lines.joined(separator: "\n").utf8) + [0x0a] }
