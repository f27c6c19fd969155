import MusterSpec

/// A GPU that is sold under a name, with the memory that `nvidia-smi` prints of it.
package enum KnownCard: String, Hashable, Sendable, CaseIterable {
    case a100 = "A100"
    case h20 = "H20"
    case h100 = "H100"
    case h200 = "H200"
    case l40s = "L40S"

    /// Reads a name as people and `nvidia-smi` write it: `l40s`, `NVIDIA L40S`.
    package init?(name: String) {
        let upper = name.uppercased()
        self.init(rawValue: upper.hasPrefix("NVIDIA ") ? String(upper.dropFirst(7)) : upper)
    }

    /// Recorded, ECC on. What the driver keeps was not recorded of all of them.
    package var memory: CardMemory {
        switch self {
        case .a100: Self.recorded(81920)
        case .h20: Self.recorded(97871)
        case .h100: Self.recorded(81559, reserved: 479)
        case .h200: Self.recorded(143_771, reserved: 614)
        case .l40s: Self.recorded(46068, reserved: 608)
        }
    }

    /// In MiB.
    private static func recorded(_ total: Int, reserved: Int? = nil) -> CardMemory {
        guard let reserved else { return CardMemory(total: .init(bytes: total << 20)) }
        return CardMemory(total: .init(bytes: total << 20), free: .init(bytes: (total - reserved) << 20))
    }
}
