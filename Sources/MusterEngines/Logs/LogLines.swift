/// Cuts a byte stream into lines at LF and at the CR of progress bars, without ever holding more than one bounded line.
package struct LogLines: Sendable {
    /// Longer lines are cut: an engine that prints one is printing data.
    package static let longest = 16 << 10

    private var partial: [UInt8] = []

    package init() {}

    /// The complete lines that the bytes finish, without terminators and ANSI escapes.
    package mutating func feed(_ bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(where: { $0 == 0x0a || $0 == 0x0d }) {
            take(rest[..<end])
            if !partial.isEmpty { lines.append(Self.text(partial)) }
            partial.removeAll(keepingCapacity: true)
            rest = rest[(end + 1)...]
        }
        take(rest)
        return lines
    }

    private mutating func take(_ piece: ArraySlice<UInt8>) {
        partial.append(contentsOf: piece.prefix(Self.longest - partial.count))
    }

    /// What is left when the stream has ended.
    package mutating func finish() -> String? {
        defer { partial.removeAll() }
        return partial.isEmpty ? nil : Self.text(partial)
    }

    /// Removes colour escapes: vLLM 0.10.1 to 0.15.1 writes them even into files.
    private static func text(_ bytes: [UInt8]) -> String {
        guard bytes.contains(0x1b) else { return String(decoding: bytes, as: UTF8.self) }
        var plain: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x1b, index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "[") {
                index += 2
                while index < bytes.count, !(0x40...0x7e).contains(bytes[index]) { index += 1 }
            } else if bytes[index] != 0x1b {
                plain.append(bytes[index])
            }
            index += 1
        }
        return String(decoding: plain, as: UTF8.self)
    }
}
