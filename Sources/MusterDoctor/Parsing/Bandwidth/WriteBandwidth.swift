package import MusterSpec

/// What `ib_write_bw` and its relatives of perftest print.
package struct WriteBandwidth: Hashable, Sendable {
    package struct Row: Hashable, Sendable {
        /// Of one message, in bytes.
        package let size: Int
        package let iterations: Int
        /// In Gb/s, that is 10^9 bits. The program's MB are 2^20 bytes.
        package let peak: Double
        package let average: Double
    }

    package let rows: [Row]
    package let device: String?
    /// In bytes.
    package let mtu: Int?
    /// `IB` or `Ethernet`.
    package let linkType: String?

    /// The average of the largest message, in Gb/s.
    package var largestAverage: Double? { rows.max { $0.size < $1.size }?.average }

    package static func read(_ bytes: [UInt8]) -> Reading<WriteBandwidth> {
        .of(bytes, source: "the output of `ib_write_bw`") { text throws(Damage) in
            var rows: [Row] = []
            var scale: Double?
            var settings: [String: String] = [:]
            var headings = 0
            let lines = try text.lines()
            for line in lines where !line.isBlank {
                if line.first == UInt8(ascii: "#") {
                    let unit = try self.unit(line)
                    guard scale == nil || scale == unit else { throw mixed(line) }
                    scale = unit
                    headings += 1
                } else if let scale, Digits.isDigit(line.first) {
                    rows.append(try row(line, scale))
                } else {
                    take(line, &settings)
                }
            }
            guard !rows.isEmpty else { throw text.foreign(lines.first { !$0.isBlank }) }
            if headings > 1 { text.remark(nil, "the output of both ends, or of several runs, in one text") }
            return WriteBandwidth(
                rows: rows,
                device: settings["Device"],
                mtu: settings["Mtu"].flatMap { Digits.count($0.hasSuffix("[B]") ? String($0.dropLast(3)) : $0) },
                linkType: settings["Link type"]
            )
        }
    }

    /// The factor from the unit of `#bytes  #iterations  BW peak[MB/sec]  BW average[MB/sec]  MsgRate[Mpps]`.
    private static func unit(_ line: Line) throws(Damage) -> Double {
        let text = line.text
        if Cut.contains(text, "BW average[Gb/sec]") { return 1 }
        if Cut.contains(text, "BW average[MB/sec]") { return Double(1 << 20) * 8 / 1e9 }
        throw Damage(
            .malformed,
            line: line.number,
            found: Damage.quote(line.trimmed),
            expected: "a heading with `BW average[MB/sec]` or `BW average[Gb/sec]`"
        )
    }

    private static func mixed(_ line: Line) -> Damage {
        Damage(
            .malformed,
            line: line.number,
            found: Damage.quote(line.trimmed),
            expected: "the unit of the heading before it",
            hint: "read one run at a time"
        )
    }

    private static func row(_ line: Line, _ scale: Double) throws(Damage) -> Row {
        let words = line.words
        guard words.count >= 4, let size = Digits.count(words[0].text), let iterations = Digits.count(words[1].text),
            let peak = Digits.decimal(words[2].text), let average = Digits.decimal(words[3].text), average >= 0
        else {
            throw Damage(
                .malformed,
                line: line.number,
                found: Damage.quote(line.trimmed),
                expected: "bytes, iterations, peak and average",
                hint: Damage.wrapped
            )
        }
        return Row(size: size, iterations: iterations, peak: peak * scale, average: average * scale)
    }

    /// `Dual-port : OFF   Device : mlx5_0`: one or two settings on a line.
    private static func take(_ line: Line, _ settings: inout [String: String]) {
        let words = line.words.map(\.text)
        for name in ["Device", "Mtu", "Link type"] where settings[name] == nil {
            let parts = Cut.words(name)
            for start in words.indices where start + parts.count + 1 < words.count {
                guard words[start] == parts[0], Array(words[start..<(start + parts.count)]) == parts,
                    words[start + parts.count] == ":"
                else { continue }
                settings[name] = words[start + parts.count + 1]
                break
            }
        }
    }
}

extension WriteBandwidth: DocumentValue {
    package var json: JSONValue {
        [
            "device": .optional(device), "mtu": .optional(mtu), "link_type": .optional(linkType),
            "largest_average_gigabits": largestAverage.map { .number(Self.rounded($0)) } ?? .null,
            "rows": .array(
                rows.map { row in
                    [
                        "bytes": .integer(row.size), "iterations": .integer(row.iterations),
                        "peak_gigabits": .number(Self.rounded(row.peak)),
                        "average_gigabits": .number(Self.rounded(row.average)),
                    ]
                }
            ),
        ]
    }

    /// To a thousandth: the factor of the unit adds digits that nobody measured.
    private static func rounded(_ number: Double) -> Double { (number * 1000).rounded() / 1000 }
}
