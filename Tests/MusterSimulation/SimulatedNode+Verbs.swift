import MusterRuntime
import MusterSpec

/// The verbs of the node script that run to their end.
extension SimulatedNode {
    /// The bytes of an answer: records, raw bytes where a record announces them, and how it ended.
    struct Answer {
        var bytes: [UInt8] = []

        mutating func say(_ record: String) { bytes += Array((record + "\n").utf8) }
    }

    mutating func answer(_ verb: String, _ words: [String], stdin: [UInt8], epoch: Int) -> Answer {
        var answer = Answer()
        let end =
            switch verb {
            case "status": status(words, epoch, &answer)
            case "stage": stage(words, stdin, &answer)
            case "start": start(words, &answer)
            case "stop": stop(words, &answer)
            case "read": read(words, &answer)
            case "traffic": traffic(words, &answer)
            case "gpus": gpus(&answer)
            case "clock": clock(epoch, &answer)
            case "kernel": kernel(&answer)
            default: "refused usage no such verb: \(verb)"
            }
        answer.say("end \(end)")
        return answer
    }

    private func status(_ words: [String], _ epoch: Int, _ answer: inout Answer) -> String {
        guard words.first == deployment, highest > 0 || holder != nil else { return "refused missing" }
        if let owner { answer.say("lock \(deployment) \(owner)") }
        for unit in units.values { for record in unit.records(of: deployment, epoch: epoch) { answer.say(record) } }
        return "ok"
    }

    private func gpus(_ answer: inout Answer) -> String {
        answer.say("none")
        return "ok"
    }

    private func clock(_ epoch: Int, _ answer: inout Answer) -> String {
        answer.say("clock \(epoch).250000000 5000.25 +0000")
        return "ok"
    }

    private func kernel(_ answer: inout Answer) -> String {
        guard !closesKernel else { return "failed permission neither dmesg nor journalctl -k lets sim read it" }
        for line in kernelLog { answer.say("said \(line)") }
        return "ok"
    }

    // MARK: Launching

    private mutating func stage(_ words: [String], _ stdin: [UInt8], _ answer: inout Answer) -> String {
        guard words.count == 3, words[0] == deployment, let generation = Int(words[1]) else { return "refused usage" }
        guard owner == words[2] else { return "refused not-owner \(owner ?? "")" }
        guard generation >= highest else { return "refused stale-generation \(highest)" }
        let staged = SimulatedUnit.staged(stdin, generation: generation)
        guard !staged.isEmpty else { return "refused usage no unit" }
        for unit in staged {
            let rival = units.values.first { $0.isRunning && $0.key.nodeRank == unit.key.nodeRank }
            if let rival { return "refused live g\(rival.key.generation)/r\(rival.key.nodeRank)" }
        }
        highest = generation
        for unit in staged {
            units[unit.key] = unit
            answer.say("staged \(generation) \(unit.key.nodeRank)")
        }
        return "ok"
    }

    private mutating func start(_ words: [String], _ answer: inout Answer) -> String {
        guard words.count == 4, let generation = Int(words[1]), let rank = Int(words[2]) else { return "refused usage" }
        guard owner == words[3] else { return "refused not-owner \(owner ?? "")" }
        guard generation >= highest else { return "refused stale-generation \(highest)" }
        let key = UnitKey(generation: generation, nodeRank: NodeRank(rank))
        guard units[key]?.state == .staged else { return "refused missing" }
        let launcher = spawn(under: 1, "python3 -m sglang.launch_server")
        units[key]?.launcher = launcher
        units[key]?.state = .running
        begun.append(key)
        for id in watches.keys.sorted() { look(at: key, for: id) }
        answer.say("started \(generation) \(rank) \(launcher.pid) \(launcher.start) \(launcher.pid) \(boot)")
        return "ok"
    }

    // MARK: Stopping and reading

    private mutating func stop(_ words: [String], _ answer: inout Answer) -> String {
        guard words.count >= 5, words[0] == deployment else { return "refused usage" }
        guard owner == (words[1] == "-" ? nil : words[1]) else { return "refused not-owner \(owner ?? "")" }
        let wanted = Set(words[4...])
        for key in units.keys.sorted(by: { $0.nodeRank < $1.nodeRank }) {
            guard wanted.contains("all") || wanted.contains("\(key.generation):\(key.nodeRank)") else { continue }
            if units[key]?.isRunning ?? false {
                units[key]?.wasStopped = true
                end(key, .ended(status: 143))
            }
            answer.say("gone \(key.generation) \(key.nodeRank)")
        }
        return "ok"
    }

    private func read(_ words: [String], _ answer: inout Answer) -> String {
        guard words.count == 6, let generation = Int(words[1]), let rank = Int(words[2]), let from = Int(words[4]),
            let limit = Int(words[5])
        else { return "refused usage" }
        guard let unit = units[UnitKey(generation: generation, nodeRank: NodeRank(rank))] else {
            return "refused missing"
        }
        let (piece, total): ((offset: Int, bytes: ArraySlice<UInt8>), Int)
        if words[3] == "log" {
            total = unit.log.size
            piece = unit.log.piece(from: from < 0 ? total + from : from, limit: limit)
        } else {
            guard let file = unit.files[words[3]] else { return "refused missing" }
            total = file.count
            let start = min(max(0, from < 0 ? total + from : from), total)
            piece = (start, file[start..<min(start + limit, total)])
        }
        answer.say("data \(piece.offset) \(piece.bytes.count) \(total)")
        answer.bytes += piece.bytes
        answer.say("")
        return "ok"
    }

    private func traffic(_ words: [String], _ answer: inout Answer) -> String {
        guard words.count == 3, let generation = Int(words[1]), let rank = Int(words[2]) else { return "refused usage" }
        let key = UnitKey(generation: generation, nodeRank: NodeRank(rank))
        guard units[key] != nil, !sent.isEmpty else { return "refused missing" }
        for record in sent { answer.say(record) }
        return "ok"
    }
}

extension SimulatedUnit {
    /// Reads the frames of `stage`.
    fileprivate static func staged(_ stdin: [UInt8], generation: Int) -> [SimulatedUnit] {
        var lines = stdin.split(separator: 0x0a, omittingEmptySubsequences: false)[...]
        var units: [SimulatedUnit] = []
        while let head = lines.popFirst().map({ String(decoding: $0, as: UTF8.self).split(separator: " ") }),
            head.count == 4, head[0] == "unit", let rank = Int(head[1])
        {
            var files: [String: [UInt8]] = [:]
            while let file = lines.popFirst().map({ String(decoding: $0, as: UTF8.self).split(separator: " ") }),
                file.count == 4, file[0] == "file", let count = Int(file[2])
            {
                files[String(file[3])] = Array(lines.prefix(count).joined(separator: [0x0a])) + [0x0a]
                lines = lines.dropFirst(count)
            }
            let key = UnitKey(generation: generation, nodeRank: NodeRank(rank))
            units.append(SimulatedUnit(key: key, token: String(head[2]), hash: String(head[3]), files: files))
        }
        return units
    }
}
