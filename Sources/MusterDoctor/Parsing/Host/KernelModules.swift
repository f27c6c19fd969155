package import MusterSpec

/// `/proc/modules`, or `lsmod`.
package struct KernelModules: Hashable, Sendable {
    package struct Module: Hashable, Sendable {
        package let name: String
        package let size: ByteCount
        package let uses: Int
        /// `Live`; nothing from `lsmod`.
        package let state: String?
    }

    package let modules: [Module]

    /// Whether a module is loaded. Names are written with underscores, whatever the file is called.
    package func contains(_ name: String) -> Bool { modules.contains { $0.name == name } }

    package static func read(_ bytes: [UInt8]) -> Reading<KernelModules> {
        .of(bytes, source: "the content of `/proc/modules`") { text throws(Damage) in
            var modules: [Module] = []
            for line in try text.lines() where !line.isBlank {
                let words = line.words.map(\.text)
                if words.count == 4, words[0] == "Module", words[1] == "Size" { continue }
                guard words.count >= 3, let size = Digits.count(words[1]), let uses = Digits.count(words[2]) else {
                    if modules.isEmpty { throw text.foreign(line) }
                    throw Damage(
                        .malformed,
                        line: line.number,
                        found: Damage.quote(line.trimmed),
                        expected: "name, size and number of uses"
                    )
                }
                modules.append(
                    Module(
                        name: words[0],
                        size: ByteCount(bytes: size),
                        uses: uses,
                        state: words.count >= 5 ? words[4] : nil
                    )
                )
            }
            guard !modules.isEmpty else { throw text.foreign(nil) }
            return KernelModules(modules: modules)
        }
    }
}

extension KernelModules: DocumentValue {
    package var json: JSONValue {
        [
            "modules": .array(
                modules.map { module in
                    [
                        "name": .string(module.name), "size_bytes": .integer(module.size.bytes),
                        "uses": .integer(module.uses), "state": .optional(module.state),
                    ]
                }
            )
        ]
    }
}
