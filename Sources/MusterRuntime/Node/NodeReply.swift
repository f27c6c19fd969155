/// What one call of the node script answered.
package struct NodeReply: Sendable {
    /// How a call ended.
    package enum End: Hashable, Sendable {
        case ok
        /// Nothing was changed.
        case refused(reason: String, text: String)
        /// Something was left half-way; the text says what.
        case failed(reason: String, text: String)
    }

    /// One line: a word and its fields. The last field may contain spaces, so it is cut only as often as a reader asks.
    package struct Record: Hashable, Sendable {
        package let line: Substring

        package var word: Substring { line.prefix { $0 != " " } }

        /// Exactly `count` fields behind the word, the last one whole; nothing when there are fewer.
        package func fields(_ count: Int) -> [Substring]? {
            let parts = line.split(separator: " ", maxSplits: count, omittingEmptySubsequences: false).dropFirst()
            return parts.count == count ? Array(parts) : nil
        }
    }

    package let records: [Record]
    package let end: End
    /// Raw bytes of a `data` record.
    package let data: [UInt8]

    /// Reads the output of a call; nothing when the script did not get to its end, so the answer means nothing.
    package init?(output: [UInt8], nonce: String) {
        guard let start = Self.bodyStart(output, nonce: nonce) else { return nil }
        var records: [Record] = []
        var data: [UInt8] = []
        var index = start
        while index < output.count {
            // A line without its break is a line that was cut off, and half a number is no number.
            guard let lineEnd = output[index...].firstIndex(of: 0x0a) else { return nil }
            let record = Record(line: String(decoding: output[index..<lineEnd], as: UTF8.self)[...])
            index = lineEnd + 1
            if record.word == "end" {
                guard let end = Self.end(record) else { return nil }
                self.records = records
                self.data = data
                self.end = end
                return
            }
            if record.word == "data", let fields = record.fields(3), let length = Int(fields[1]) {
                guard length >= 0, length <= output.count - index else { return nil }
                data = Array(output[index..<(index + length)])
                index += length + 1
            }
            records.append(record)
        }
        return nil
    }

    /// True when the bootstrap did not find the script.
    package static func needsScript(_ output: [UInt8]) -> Bool {
        output.split(separator: 0x0a).last.map { $0.elementsEqual(NodeCommand.needsScript.utf8) } ?? false
    }

    /// Behind the line `muster/1 NONCE`, whatever a login shell printed before it.
    static func bodyStart(_ output: [UInt8], nonce: String) -> Int? {
        let mark = Array("muster/1 \(nonce)\n".utf8)
        var index = output.startIndex
        while index + mark.count <= output.count {
            if output[index] == mark[0], output[index..<(index + mark.count)].elementsEqual(mark) {
                return index + mark.count
            }
            index += 1
        }
        return nil
    }

    static func end(_ record: Record) -> End? {
        let parts = record.line.split(separator: " ", maxSplits: 3)
        guard parts.count >= 2 else { return nil }
        let reason = parts.count > 2 ? String(parts[2]) : "io"
        let text = parts.count > 3 ? String(parts[3]) : ""
        switch parts[1] {
        case "ok": return .ok
        case "refused": return .refused(reason: reason, text: text)
        case "failed": return .failed(reason: reason, text: text)
        default: return nil
        }
    }
}
