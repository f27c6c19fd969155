package import MusterSpec

/// The log of NVIDIA's fabric manager, which sets up the NVSwitches.
package struct FabricManagerLog: Hashable, Sendable {
    package enum Level: String, Sendable {
        case debug = "DEBUG"
        case info = "INFO"
        case warning = "WARNING"
        case error = "ERROR"
        case critical = "CRITICAL"
    }

    package struct Entry: Hashable, Sendable {
        package let line: Int
        /// As printed: `Mar  3 2025 15:16:17`.
        package let time: String
        package let level: Level
        package let message: String
        /// `detected NVSwitch non-fatal error 12022 on ... pci bus id 00000000:c3:00.0 physical id 1 port 14`
        package let switchError: SwitchError?
    }

    package struct SwitchError: Hashable, Sendable {
        package let number: Int
        package let isFatal: Bool
        package let address: PCIAddress?
        package let port: Int?
    }

    /// Warnings and worse, in the order of the log.
    package let problems: [Entry]
    /// Entries of all levels.
    package let entryCount: Int

    package static func read(_ bytes: [UInt8]) -> Reading<FabricManagerLog> {
        .of(bytes, source: "the log of the fabric manager") { text throws(Damage) in
            var problems: [Entry] = []
            var count = 0
            let lines = try text.lines()
            for line in lines where line.first == UInt8(ascii: "[") {
                guard let entry = entry(line) else { continue }
                count += 1
                switch entry.level {
                case .debug, .info: break
                case .warning, .error, .critical: problems.append(entry)
                }
            }
            guard count > 0 else { throw text.foreign(lines.first { !$0.isBlank }) }
            return FabricManagerLog(problems: problems, entryCount: count)
        }
    }

    /// `[Mar  3 2025 07:08:09] [INFO] [tid 1808] multicast group 1 is allocated.`
    private static func entry(_ line: Line) -> Entry? {
        guard let (time, rest) = Cut.around("] [", in: String(line.trimmed.dropFirst())),
            let (name, tail) = Cut.around("]", in: rest), let level = Level(rawValue: name)
        else { return nil }
        let message = Cut.trim(tail)
        let plain = message.hasPrefix("[tid ") ? Cut.trim(Cut.after("]", in: message) ?? message) : message
        return Entry(line: line.number, time: time, level: level, message: plain, switchError: switchError(plain))
    }

    private static func switchError(_ message: String) -> SwitchError? {
        guard let rest = Cut.after("detected NVSwitch ", in: message),
            let (kind, tail) = Cut.around(" error ", in: rest),
            let number = Cut.words(tail).first.flatMap(Digits.count)
        else { return nil }
        return SwitchError(
            number: number,
            isFatal: kind == "fatal",
            address: Cut.after("pci bus id ", in: tail).flatMap { Cut.words($0).first.flatMap(PCIAddress.init) },
            port: Cut.after(" port ", in: tail).flatMap { Cut.words($0).first.flatMap(Digits.count) }
        )
    }
}

extension FabricManagerLog: DocumentValue {
    package var json: JSONValue {
        [
            "entries": .integer(entryCount),
            "problems": .array(
                problems.map { entry in
                    [
                        "line": .integer(entry.line), "time": .string(entry.time),
                        "level": .string(entry.level.rawValue),
                        "sxid": .optional(entry.switchError?.number),
                        "fatal": entry.switchError.map { .boolean($0.isFatal) } ?? .null,
                        "pci_address": .optional(entry.switchError?.address?.description),
                        "port": .optional(entry.switchError?.port), "message": .string(entry.message),
                    ]
                }
            ),
        ]
    }
}
