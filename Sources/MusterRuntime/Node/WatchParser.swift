package import MusterSpec

/// One event of the watch channel.
package enum WatchEvent: Hashable, Sendable {
    /// The node's boot id and clock, in seconds since the epoch.
    case hello(boot: String, epoch: Int)
    /// The lock is held.
    case held
    case beat(epoch: Int)
    case started(UnitKey, pid: Int)
    case log(UnitKey, offset: Int, bytes: [UInt8])
    case exited(UnitKey, status: Int)
    case lost(UnitKey)
    case orphaned(UnitKey)
    /// A process that was to be watched is gone.
    case vanished(UnitKey, pid: Int)
    /// The unit that ends next was stopped by muster.
    case stopped(UnitKey)
    case end(NodeReply.End)
}

/// A unit of one deployment on one node.
package struct UnitKey: Hashable, Sendable {
    package let generation: Int
    package let nodeRank: NodeRank

    package init(generation: Int, nodeRank: NodeRank) {
        self.generation = generation
        self.nodeRank = nodeRank
    }
}

/// Turns the bytes of a watch channel into events, however they are cut.
package struct WatchParser: Sendable {
    /// A header line is short; more without a line break is not this protocol.
    private static let longestLine = 8 << 10
    /// More than the node ever sends in one record; a longer one is not this protocol.
    private static let longestLog = 1 << 20

    private let mark: [UInt8]
    private var buffer: [UInt8] = []
    private var consumed = 0
    private var hasBegun = false

    package init(nonce: String) { mark = Array("muster/1 \(nonce)".utf8) }

    /// True when the bootstrap answered instead of the script.
    package private(set) var needsScript = false

    /// The events that the bytes complete, in order.
    package mutating func feed(_ bytes: [UInt8]) -> [WatchEvent] {
        if consumed > 0 {
            buffer.removeFirst(consumed)
            consumed = 0
        }
        buffer += bytes
        var events: [WatchEvent] = []
        while let event = next() { if let event { events.append(event) } }
        return events
    }

    /// The next event; `.some(nil)` for a line that is none, nothing when more bytes are needed.
    private mutating func next() -> WatchEvent?? {
        guard let newline = buffer[consumed...].firstIndex(of: 0x0a) else {
            // What is let go of may end in the first part of the mark.
            if buffer.count - consumed > Self.longestLine { consumed = buffer.count - mark.count }
            return nil
        }
        let raw = buffer[consumed..<newline]
        guard hasBegun else {
            // A login shell's noise may stand before the mark, and right in front of it on the same line.
            hasBegun = raw.suffix(mark.count).elementsEqual(mark)
            needsScript = needsScript || raw.elementsEqual(NodeCommand.needsScript.utf8)
            consumed = newline + 1
            return .some(nil)
        }
        let record = NodeReply.Record(line: String(decoding: raw, as: UTF8.self)[...])
        if record.word == "log" { return log(record, headerEnd: newline + 1) }
        consumed = newline + 1
        return .some(Self.event(record))
    }

    private mutating func log(_ record: NodeReply.Record, headerEnd: Int) -> WatchEvent?? {
        guard let fields = record.fields(4), let key = Self.key(fields), let offset = Int(fields[2]),
            let length = Int(fields[3]), (0...Self.longestLog).contains(length)
        else {
            consumed = headerEnd
            return .some(nil)
        }
        // The bytes and the newline behind them.
        guard buffer.count >= headerEnd + length + 1 else { return nil }
        consumed = headerEnd + length + 1
        return .some(.log(key, offset: offset, bytes: Array(buffer[headerEnd..<(headerEnd + length)])))
    }

    private static func event(_ record: NodeReply.Record) -> WatchEvent? {
        switch record.word {
        case "held": return .held
        case "end": return NodeReply.end(record).map(WatchEvent.end)
        case "beat": return record.fields(1).flatMap { Int($0[0]) }.map(WatchEvent.beat)
        case "hello":
            guard let fields = record.fields(2), let epoch = Int(fields[1]) else { return nil }
            return .hello(boot: String(fields[0]), epoch: epoch)
        case "started":
            guard let fields = record.fields(4), let key = key(fields), let pid = Int(fields[2]) else { return nil }
            return .started(key, pid: pid)
        case "exited":
            guard let fields = record.fields(4), let key = key(fields), let status = Int(fields[2]) else { return nil }
            return .exited(key, status: status)
        case "lost": return record.fields(2).flatMap(key).map(WatchEvent.lost)
        case "orphaned": return record.fields(2).flatMap(key).map(WatchEvent.orphaned)
        case "stopped": return record.fields(2).flatMap(key).map(WatchEvent.stopped)
        case "vanished":
            guard let fields = record.fields(4), let key = key(fields), let pid = Int(fields[2]) else { return nil }
            return .vanished(key, pid: pid)
        default: return nil
        }
    }

    private static func key(_ fields: [Substring]) -> UnitKey? {
        guard let generation = Int(fields[0]), let rank = Int(fields[1]) else { return nil }
        return UnitKey(generation: generation, nodeRank: NodeRank(rank))
    }
}
