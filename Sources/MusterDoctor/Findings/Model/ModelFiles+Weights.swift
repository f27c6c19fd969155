package import MusterEngines
package import MusterSpec

extension ModelFiles {
    /// What `config.json` says, with what quantisation tools put beside it; nothing where there is no such file.
    package var configuration: Reading<ModelShape>? {
        guard let text = texts["config.json"] else { return nil }
        let beside = texts["hf_quant_config.json"] ?? texts["quantize_config.json"]
        return ModelConfig.read(Array(text.utf8), quantisation: beside.map { Array($0.utf8) })
    }

    /// The weights on disk: the files of the index, or the one file there is without an index. Several files without an
    /// index may be several forms of one model.
    package var weightBytes: ByteCount? {
        switch index {
        case .files(let names, _, let total)?:
            let sizes = names.compactMap { files[$0] }.filter { $0 >= 0 }
            if sizes.count == names.count, let sum = Self.sum(sizes) { return ByteCount(bytes: sum) }
            return total.map(ByteCount.init(bytes:))
        case .unreadable?: return nil
        case nil:
            let single = files.filter { $0.key.hasSuffix(".safetensors") && $0.value >= 0 }
            return single.count == 1 ? single.first.map { ByteCount(bytes: $0.value) } : nil
        }
    }

    private static func sum(_ sizes: [Int]) -> Int? {
        var sum = 0
        for size in sizes {
            let (next, overflow) = sum.addingReportingOverflow(size)
            guard !overflow else { return nil }
            sum = next
        }
        return sum
    }
}
