package import MusterSpec

/// What a program of nccl-tests prints: times and bandwidths by message size.
package struct NCCLTest: Hashable, Sendable {
    package struct Row: Hashable, Sendable {
        /// In bytes.
        package let size: Int
        package let count: Int
        package let type: String
        /// `sum`; nothing for collectives that reduce nothing.
        package let operation: String?
        package let outOfPlace: Result
        package let inPlace: Result
    }

    package struct Result: Hashable, Sendable {
        /// In microseconds.
        package let time: Double
        /// Size over time, in decimal GB/s.
        package let algorithmBandwidth: Double
        /// The same times the factor of the collective: comparable with the hardware's speed, in decimal GB/s.
        package let busBandwidth: Double
        /// Wrong values; unknown where nothing was checked.
        package let wrong: Known<Int>
    }

    package let rows: [Row]
    /// One host name for each rank, in rank order, where the list of ranks is there.
    package let rankHosts: [String]
    /// `2.23.4+cuda12.6`, where NCCL printed it.
    package let ncclVersion: String?
    /// `all_reduce_perf`, where the program printed it.
    package let program: String?
    /// As printed. It averages the small sizes in: the rows say what the hardware does.
    package let averageBusBandwidth: Double?
    package let outOfBounds: Int?

    /// The best bus bandwidth of the largest size, in decimal GB/s.
    package var peakBusBandwidth: Double? {
        rows.max { $0.size < $1.size }.map { max($0.outOfPlace.busBandwidth, $0.inPlace.busBandwidth) }
    }

    package static func read(_ bytes: [UInt8]) -> Reading<NCCLTest> {
        .of(bytes, source: "the table of a program of nccl-tests") { text throws(Damage) in
            var reader = NCCLTestReader()
            let lines = try text.lines()
            for line in lines where !line.isBlank { try reader.take(line) }
            guard !reader.rows.isEmpty else { throw text.foreign(lines.first { !$0.isBlank }) }
            if reader.outOfBounds == nil { text.remark(nil, "the end of the output is missing") }
            return NCCLTest(
                rows: reader.rows,
                rankHosts: reader.rankHosts,
                ncclVersion: reader.ncclVersion,
                program: reader.program,
                averageBusBandwidth: reader.average,
                outOfBounds: reader.outOfBounds
            )
        }
    }
}

extension NCCLTest: DocumentValue {
    package var json: JSONValue {
        [
            "program": .optional(program), "nccl": .optional(ncclVersion), "ranks": .integer(rankHosts.count),
            "hosts": .integer(Set(rankHosts).count), "out_of_bounds": .optional(outOfBounds),
            "average_bus_bandwidth": averageBusBandwidth.map(JSONValue.number) ?? .null,
            "peak_bus_bandwidth": peakBusBandwidth.map(JSONValue.number) ?? .null,
            "rows": .array(
                rows.map { row in
                    [
                        "bytes": .integer(row.size), "type": .string(row.type), "operation": .optional(row.operation),
                        "time_us": .number(row.outOfPlace.time),
                        "algorithm_bandwidth": .number(row.outOfPlace.algorithmBandwidth),
                        "bus_bandwidth": .number(row.outOfPlace.busBandwidth), "wrong": row.outOfPlace.wrong.json,
                        "in_place_time_us": .number(row.inPlace.time),
                        "in_place_algorithm_bandwidth": .number(row.inPlace.algorithmBandwidth),
                        "in_place_bus_bandwidth": .number(row.inPlace.busBandwidth),
                        "in_place_wrong": row.inPlace.wrong.json,
                    ]
                }
            ),
        ]
    }
}
