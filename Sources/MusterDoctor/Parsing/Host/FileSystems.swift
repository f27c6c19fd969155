package import MusterSpec

/// What `df -kP` says.
package struct FileSystems: Hashable, Sendable {
    package struct FileSystem: Hashable, Sendable {
        package let device: String
        package let size: ByteCount
        package let used: ByteCount
        package let available: ByteCount
        package let mountPoint: String
    }

    package let fileSystems: [FileSystem]

    package static func read(_ bytes: [UInt8]) -> Reading<FileSystems> {
        .of(bytes, source: "the output of `df -kP`") { text throws(Damage) in
            var found: [FileSystem] = []
            var isFirst = true
            for line in try text.lines() where !line.isBlank {
                defer { isFirst = false }
                if let fileSystem = fileSystem(line) {
                    found.append(fileSystem)
                } else if Cut.contains(line.text, "1024-blocks") || Cut.contains(line.text, "1K-blocks") {
                    continue
                } else if line.trimmed.hasPrefix("df: ") {
                    text.remark(line.number, Damage.quote(line.trimmed))
                } else if isFirst {
                    throw text.foreign(line)
                } else {
                    throw Damage(
                        .malformed,
                        line: line.number,
                        found: Damage.quote(line.trimmed),
                        expected: "device, three sizes in KiB, use and mount point on one line",
                        hint: "run `df -kP`: without `-P` long names get a line of their own"
                    )
                }
            }
            guard !found.isEmpty else { throw text.foreign(nil) }
            return FileSystems(fileSystems: found)
        }
    }

    /// Names may hold blanks: the use in percent, or a dash, tells where the sizes are.
    private static func fileSystem(_ line: Line) -> FileSystem? {
        let words = line.words
        for use in words.indices.dropLast() where use >= 4 {
            let cell = words[use].text
            guard cell == "-" || cell.hasSuffix("%") && Digits.count(String(cell.dropLast())) != nil,
                let size = size(words[use - 3]), let used = self.size(words[use - 2]),
                let available = self.size(words[use - 1])
            else { continue }
            return FileSystem(
                device: words[..<(use - 3)].map(\.text).joined(separator: " "),
                size: size,
                used: used,
                available: available,
                mountPoint: words[(use + 1)...].map(\.text).joined(separator: " ")
            )
        }
        return nil
    }

    private static func size(_ word: Word) -> ByteCount? {
        Digits.count(word.text).flatMap { $0 < 1 << 50 ? ByteCount(bytes: $0 << 10) : nil }
    }
}

extension FileSystems: DocumentValue {
    package var json: JSONValue {
        [
            "file_systems": .array(
                fileSystems.map { entry in
                    [
                        "mount_point": .string(entry.mountPoint), "device": .string(entry.device),
                        "size_bytes": .integer(entry.size.bytes), "used_bytes": .integer(entry.used.bytes),
                        "available_bytes": .integer(entry.available.bytes),
                    ]
                }
            )
        ]
    }
}
