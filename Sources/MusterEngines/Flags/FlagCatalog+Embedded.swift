import CFlagCatalog
package import MusterSpec

extension FlagCatalog {
    /// What this build knows about an engine's flags.
    package static func of(_ kind: EngineSpec.Kind) -> FlagCatalog {
        switch kind {
        case .sglang: sglang
        case .vllm: vllm
        }
    }

    private static let sglang = embedded(
        UnsafeBufferPointer(start: muster_sglang_flags(), count: muster_sglang_flags_size())
    )
    private static let vllm = embedded(
        UnsafeBufferPointer(start: muster_vllm_flags(), count: muster_vllm_flags_size())
    )

    private static func embedded(_ bytes: UnsafeBufferPointer<UInt8>) -> FlagCatalog {
        guard let catalog = FlagCatalog(Array(bytes)) else {
            preconditionFailure("the flag catalogue of this build is none")
        }
        return catalog
    }
}
