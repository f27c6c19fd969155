package import MusterSpec

/// `/proc/meminfo`.
package struct HostMemory: Hashable, Sendable {
    /// By the kernel's names; sizes only, the counts of huge pages are left out.
    package let sizes: [String: ByteCount]

    package var total: ByteCount? { sizes["MemTotal"] }
    /// What can be had without swapping, page cache included.
    package var available: ByteCount? { sizes["MemAvailable"] }
    package var swapFree: ByteCount? { sizes["SwapFree"] }
    /// Memory of `/dev/shm` and its like.
    package var shared: ByteCount? { sizes["Shmem"] }

    package static func read(_ bytes: [UInt8]) -> Reading<HostMemory> {
        .of(bytes, source: "the content of `/proc/meminfo`") { text throws(Damage) in
            var sizes: [String: ByteCount] = [:]
            for line in try text.lines() where !line.isBlank {
                guard let (key, value) = line.halves(at: UInt8(ascii: ":")), !key.isEmpty else {
                    throw sizes.isEmpty ? text.foreign(line) : unexpected(line)
                }
                let words = Cut.words(value)
                guard words.count == 2 else { continue }
                guard words[1] == "kB", let count = Digits.count(words[0]), count < 1 << 50 else {
                    throw sizes.isEmpty ? text.foreign(line) : unexpected(line)
                }
                sizes[key] = ByteCount(bytes: count << 10)
            }
            guard sizes["MemTotal"] != nil else { throw text.foreign(nil) }
            return HostMemory(sizes: sizes)
        }
    }

    private static func unexpected(_ line: Line) -> Damage {
        Damage(.malformed, line: line.number, found: Damage.quote(line.trimmed), expected: "`NAME: NUMBER kB`")
    }
}

extension HostMemory: DocumentValue {
    package var json: JSONValue {
        [
            "total_bytes": .optional(total?.bytes), "available_bytes": .optional(available?.bytes),
            "shared_bytes": .optional(shared?.bytes), "swap_free_bytes": .optional(swapFree?.bytes),
        ]
    }
}
