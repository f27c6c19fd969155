import MusterRuntime
import MusterSpec

/// What a node knows of one watch channel.
struct SimulatedWatch: Sendable {
    struct Follow: Sendable {
        var offset: Int
        var backlog: Int?
        var hasBegun = false
        var hasEnded = false
        /// Bytes of the log that nobody will get.
        var skipped = 0
    }

    let owner: String?
    var follows: [UnitKey: Follow] = [:]
    /// Names of processes, by unit.
    var guarded: [UnitKey: Set<String>] = [:]
    var lastHeard: Duration
    var nextBeat: Duration
    /// Bytes of a command that is not complete.
    var partial: [UInt8] = []
    /// False while its channel carries nothing more: logs wait then, as they do on a node.
    var hasRoom = true
}

/// The verb `watch`: commands in, events out.
extension SimulatedNode {
    private static let beatInterval = Duration.seconds(2)
    /// A watch that hears nothing for so long ends by itself.
    private static let patience = Duration.seconds(15)
    private static let longestRecord = 256 << 10

    /// Opens a channel; false when it is refused.
    mutating func open(_ id: Int, _ words: [String], epoch: Int, at now: Duration) -> Bool {
        let owner = words.last == "-" ? nil : words.last
        watches[id] = SimulatedWatch(owner: owner, lastHeard: now, nextBeat: now + Self.beatInterval)
        say("hello \(boot) \(epoch)", to: id)
        guard let owner else { return true }
        if let before = holder {
            guard watches[before]?.owner == owner else {
                say("end refused locked \(watches[before]?.owner ?? "")", to: id)
                watches[id] = nil
                return false
            }
            close(before)
        }
        holder = id
        say("held", to: id)
        return true
    }

    mutating func close(_ id: Int) {
        watches[id] = nil
        if holder == id { holder = nil }
    }

    /// Bytes that came in; false when they ended the watch.
    mutating func take(_ bytes: [UInt8], from id: Int, at now: Duration) -> Bool {
        guard var partial = watches[id]?.partial else { return false }
        watches[id]?.lastHeard = now
        partial += bytes
        while let end = partial.firstIndex(of: 0x0a) {
            let words = String(decoding: partial[..<end], as: UTF8.self).split(separator: " ")
            partial.removeSubrange(...end)
            switch words.first {
            case "follow": follow(words.dropFirst(), for: id)
            case "guard": guardProcesses(words.dropFirst(), for: id)
            case "quit":
                say("end ok", to: id)
                close(id)
                return false
            default: break
            }
        }
        watches[id]?.partial = partial
        return true
    }

    /// What is due now: beats, and log bytes where there is room for them. Gives the watches that have ended.
    mutating func advance(to now: Duration, epoch: Int) -> [Int] {
        var over: [Int] = []
        for (id, watch) in watches {
            if now - watch.lastHeard >= Self.patience {
                say("end failed io no beat for 15 s", to: id)
                over.append(id)
                continue
            }
            if now >= watch.nextBeat {
                say("beat \(epoch)", to: id)
                watches[id]?.nextBeat = now + Self.beatInterval
            }
            for key in watch.follows.keys { ship(key, to: id) }
        }
        for id in over { close(id) }
        return over
    }

    /// When the next of these things is due; nothing without a watch.
    var due: Duration? { watches.values.map { min($0.nextBeat, $0.lastHeard + Self.patience) }.min() }

    private mutating func follow(_ words: ArraySlice<Substring>, for id: Int) {
        let numbers = words.compactMap { Int($0) }
        guard numbers.count >= 3 else { return }
        let key = UnitKey(generation: numbers[0], nodeRank: NodeRank(numbers[1]))
        let backlog = numbers.count > 3 ? numbers[3] : nil
        watches[id]?.follows[key] = SimulatedWatch.Follow(offset: numbers[2], backlog: backlog)
        look(at: key, for: id)
    }

    private mutating func guardProcesses(_ words: ArraySlice<Substring>, for id: Int) {
        let words = words.map(String.init)
        guard words.count >= 2, let generation = Int(words[0]), let rank = Int(words[1]) else { return }
        let key = UnitKey(generation: generation, nodeRank: NodeRank(rank))
        let alive = Set((units[key]?.isRunning ?? false ? units[key]?.processes ?? [] : []).map(\.name))
        watches[id]?.guarded[key] = alive.intersection(words.dropFirst(2))
        for name in words.dropFirst(2) where !alive.contains(name) {
            say("vanished \(generation) \(rank) \(name.split(separator: ":").joined(separator: " "))", to: id)
        }
    }

    /// Tells a watch what is new of a unit: its start, its log, its end, in this order.
    mutating func look(at key: UnitKey, for id: Int) {
        guard let follow = watches[id]?.follows[key], let unit = units[key], let launcher = unit.launcher,
            !follow.hasEnded
        else { return }
        let place = "\(key.generation) \(key.nodeRank)"
        if !follow.hasBegun {
            watches[id]?.follows[key]?.hasBegun = true
            say("started \(place) \(launcher.pid) \(launcher.start)", to: id)
        }
        ship(key, to: id)
        guard !unit.isRunning else { return }
        watches[id]?.follows[key]?.hasEnded = true
        if unit.wasStopped { say("stopped \(place)", to: id) }
        if case .ended(let status) = unit.state { say("exited \(place) \(status) 0", to: id) }
        if unit.state == .lost { say("lost \(place)", to: id) }
    }

    private mutating func ship(_ key: UnitKey, to id: Int) {
        guard var follow = watches[id]?.follows[key], watches[id]?.hasRoom ?? false, let log = units[key]?.log,
            follow.offset != log.size
        else { return }
        if let backlog = follow.backlog, log.size - follow.offset > backlog {
            follow.skipped += log.size - backlog - follow.offset
            follow.offset = log.size - backlog
        }
        while follow.offset < log.size {
            let piece = log.piece(from: follow.offset, limit: Self.longestRecord)
            say("log \(key.generation) \(key.nodeRank) \(piece.offset) \(piece.bytes.count)", to: id)
            said.append((id, Array(piece.bytes) + [0x0a]))
            follow.offset = piece.offset + piece.bytes.count
        }
        watches[id]?.follows[key] = follow
    }
}
