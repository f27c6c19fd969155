package import MusterSpec

/// What `nvidia-smi --version` says.
package struct SMIVersion: Hashable, Sendable {
    package let smi: Known<String>
    package let nvml: Known<String>
    /// The kernel module.
    package let driver: Known<String>
    /// The newest CUDA that the driver runs.
    package let cuda: Known<String>

    package static func read(_ bytes: [UInt8]) -> Reading<SMIVersion> {
        .of(bytes, source: "the output of `nvidia-smi --version`") { text throws(Damage) in
            var values: [String: String] = [:]
            for line in try text.lines() where !line.isBlank {
                guard let (key, value) = line.halves(at: UInt8(ascii: ":")), isVersion(key) else {
                    if values.isEmpty { throw text.foreign(line) }
                    text.remark(line.number, "a line that is no version is left out")
                    continue
                }
                // From driver 610 on the old names stay and point at the new ones.
                if !value.hasPrefix("Deprecated") { values[key.lowercased()] = value }
            }
            func known(_ names: String...) -> Known<String> {
                names.lazy.compactMap { values[$0] }.first.map { Known(cell: $0) } ?? .unknown("")
            }
            return SMIVersion(
                smi: known("nvidia-smi version"),
                nvml: known("nvml version"),
                driver: known("driver version", "kmd version"),
                cuda: known("cuda version", "cuda umd version")
            )
        }
    }

    private static func isVersion(_ key: String) -> Bool { key.hasSuffix(" version") || key.hasSuffix(" Version") }
}

extension SMIVersion: DocumentValue {
    package var json: JSONValue {
        ["smi": smi.json, "nvml": nvml.json, "driver": driver.json, "cuda": cuda.json]
    }
}
