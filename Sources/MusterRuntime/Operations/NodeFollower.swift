package import MusterEngines
import MusterPlan
package import MusterSpec
package import MusterSupervision

/// Holds the watch channel of one node: reads logs and exits, keeps the lock, and comes back after a lost connection.
package actor NodeFollower {
    /// What a follower tells.
    package enum Event: Sendable {
        case started(UnitKey)
        case signal(UnitKey, LogSignal)
        case line(UnitKey, String)
        /// Tokens flow, by a line of its log; told now and then, not for each line.
        case generating(UnitKey)
        case ended(UnitKey, UnitEnd)
        /// A process that was to be watched is gone.
        case vanished(UnitKey, pid: Int)
        /// Nothing was heard for some time, or the channel broke.
        case contactLost(RuntimeError, silentFor: Duration)
        /// The channel is open; the node's boot id.
        case contact(boot: String)
    }

    /// What it is for.
    package struct Manner: Sendable {
        /// Every log line is told, not only what it signals.
        package var tellsLines = false
        /// Without a word from the node for so long, contact is lost, long before TCP would say so. It beats every 2 s.
        package var silence = Duration.seconds(7)
        /// Bytes of a log that may wait to be read; beyond that the log is read from its end. All, where nothing is set.
        package var backlog: Int?

        package init() {}
    }

    package nonisolated let nodeRank: NodeRank
    package nonisolated let link: NodeLink
    private let deployment: DeploymentName
    private let owner: String?
    private let engine: any Engine
    private let manner: Manner

    private var watch: NodeWatch?
    private var pending: NodeWatch.Reader?
    private var offsets: [UnitKey: Int] = [:]
    private var lines: [UnitKey: LogLines] = [:]
    private var tails: [UnitKey: LogTail] = [:]
    private var guarded: [UnitKey: [ProcessRecord]] = [:]
    private var lastHeard = ContinuousClock.now
    private var lastTokens = ContinuousClock.now
    private var boot = ""

    private static let tokensInterval = Duration.seconds(5)
    private static let beatInterval = Duration.seconds(3)
    private static let reconnectPause = Duration.seconds(1)

    /// An `owner` has the follower hold the deployment's lock; without one it only looks.
    package init(
        _ nodeRank: NodeRank,
        link: NodeLink,
        deployment: DeploymentName,
        owner: String?,
        engine: any Engine,
        manner: Manner = Manner()
    ) {
        self.nodeRank = nodeRank
        self.link = link
        self.deployment = deployment
        self.owner = owner
        self.engine = engine
        self.manner = manner
    }

    /// Opens the channel and waits until the lock is held, where one is wanted.
    ///
    /// - Throws: ``RuntimeError`` with the code of a lock that somebody else holds, among others.
    package func open() async throws(RuntimeError) {
        for attempt in 0..<2 {
            let watch = try await link.watch(deployment, owner: owner)
            var reader = watch.reader()
            if try await isReady(&reader) {
                self.watch = watch
                pending = reader
                lastHeard = .now
                for (key, offset) in offsets { try await watch.follow(key, from: offset, backlog: manner.backlog) }
                for (key, processes) in guarded { try await watch.watch(processes, of: key) }
                return
            }
            await watch.close()
            guard attempt == 0, reader.needsScript else { break }
            try await link.pushScript(over: try await link.live())
        }
        throw RuntimeError(.nodeScriptFailed, "the watch channel gave no answer", node: link.node.name)
    }

    /// Follows a unit from a place in its log, now and after every reconnection.
    package func follow(_ key: UnitKey, from offset: Int = 0) async throws(RuntimeError) {
        offsets[key] = offset
        lines[key] = LogLines()
        tails[key] = LogTail()
        guard let watch else { return }
        try await watch.follow(key, from: offset, backlog: manner.backlog)
    }

    /// Has the end of single processes told, now and after every reconnection.
    package func watch(_ processes: [ProcessRecord], of key: UnitKey) async throws(RuntimeError) {
        guard guarded[key] != processes else { return }
        guarded[key] = processes
        try await watch?.watch(processes, of: key)
    }

    /// No longer follows what is older than a generation; its news is of no use to anybody.
    package func forget(before generation: Int) {
        for key in offsets.keys where key.generation < generation {
            offsets[key] = nil
            lines[key] = nil
            tails[key] = nil
            guarded[key] = nil
        }
    }

    /// The last lines of a unit's log so far.
    package func tail(of key: UnitKey, _ count: Int) -> [String] { tails[key]?.last(count) ?? [] }

    /// Reads until cancelled, reconnecting as long as it takes; what to do about lost contact is the listener's to say.
    package func run(_ tell: @escaping @Sendable (Event) -> Void) async {
        while !Task.isCancelled {
            do {
                if pending == nil {
                    try await link.open()
                    try await open()
                    tell(.contact(boot: boot))
                }
                guard let reader = pending, let watch else { continue }
                pending = nil
                try await pump(reader, watch, tell)
                return
            } catch {
                self.watch = nil
                pending = nil
                guard !Task.isCancelled else { return }
                let reason = error as? RuntimeError
                tell(
                    .contactLost(
                        reason ?? RuntimeError(.connectionLost, "\(error)", node: link.node.name),
                        silentFor: .now - lastHeard
                    )
                )
                // A pause between attempts, not an order: cancellation ends it at once.
                try? await Task.sleep(for: Self.reconnectPause)
            }
        }
    }

    /// Beats until cancelled. Before `run` nobody else does, and the node gives a lock up after 15 s without a beat.
    package func keepLock() async {
        while !Task.isCancelled {
            // A channel that is gone is found out by whoever uses it next; cancellation ends the pause and the loop.
            try? await watch?.beat()
            try? await Task.sleep(for: Self.beatInterval)
        }
    }

    /// Releases the lock and ends the channel.
    package func quit() async {
        await watch?.quit()
        await watch?.close()
        watch = nil
        pending = nil
    }

    // MARK: Reading

    private func isReady(_ reader: inout NodeWatch.Reader) async throws(RuntimeError) -> Bool {
        while let events = try await reader.next() {
            for event in events {
                if case .hello(let boot, _) = event { self.boot = boot }
                switch event {
                case .hello where owner == nil, .held: return true
                case .end(let end): throw lockError(end)
                default: continue
                }
            }
        }
        return false
    }

    private func lockError(_ end: NodeReply.End) -> RuntimeError {
        guard case .refused(reason: "locked", let holder) = end else {
            return RuntimeError(end, doing: "watch the deployment", node: link.node.name)
        }
        return RuntimeError(
            .locked,
            "another muster is working on `\(deployment)`: \(LockOwner.describe(holder))",
            node: link.node.name,
            hint: "wait until it is done; a lock whose holder is gone breaks by itself within 15 seconds"
        )
    }

    private func pump(
        _ reader: NodeWatch.Reader,
        _ watch: NodeWatch,
        _ tell: @escaping @Sendable (Event) -> Void
    )
        async throws
    {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.read(reader, tell) }
            group.addTask { try await self.keepAlive(watch) }
            defer { group.cancelAll() }
            do {
                try await group.next()
            } catch {
                // A read that never returns on a dead connection ends when the connection is closed under it.
                await link.close()
                throw error
            }
        }
    }

    private func read(_ reader: NodeWatch.Reader, _ tell: @Sendable (Event) -> Void) async throws {
        var reader = reader
        while let events = try await reader.next() {
            lastHeard = .now
            for event in events { take(event, tell) }
        }
        guard !Task.isCancelled else { return }
        throw RuntimeError(.connectionLost, "the watch channel ended", node: link.node.name)
    }

    private func keepAlive(_ watch: NodeWatch) async throws {
        while true {
            try await watch.beat()
            try await pause()
            guard ContinuousClock.now - lastHeard < manner.silence else {
                // Whoever reads would tell the end of the connection, had it ended here.
                let span = ElapsedText.text(.now - lastHeard)
                throw RuntimeError(.connectionLost, "nothing heard for \(span)", node: link.node.name)
            }
        }
    }

    /// Until the next beat is due, or silence would have lasted long enough.
    private func pause() async throws {
        let left = manner.silence - (ContinuousClock.now - lastHeard)
        // A beat may be a little late, so that those of many nodes come together; the end of patience may not.
        guard left > Self.beatInterval + .milliseconds(250) else {
            return try await Task.sleep(for: min(Self.beatInterval, max(left, .milliseconds(50))))
        }
        try await SharedPause.common.sleep(for: Self.beatInterval)
    }

    private func take(_ event: WatchEvent, _ tell: @Sendable (Event) -> Void) {
        switch event {
        case .started(let key, _): tell(.started(key))
        case .log(let key, let offset, let bytes):
            guard offsets[key] != nil else { return }
            offsets[key] = offset + bytes.count
            for line in lines[key, default: LogLines()].feed(bytes) { take(line, of: key, tell) }
        case .exited(let key, let status): finish(key, .exited(status: status), tell)
        case .lost(let key): finish(key, .lost, tell)
        case .orphaned(let key): finish(key, .orphaned, tell)
        case .vanished(let key, let pid): tell(.vanished(key, pid: pid))
        case .hello, .held, .beat, .end, .stopped: break
        }
    }

    private func take(_ line: String, of key: UnitKey, _ tell: @Sendable (Event) -> Void) {
        tails[key, default: LogTail()].append(line)
        if manner.tellsLines { tell(.line(key, line)) }
        if ContinuousClock.now - lastTokens >= Self.tokensInterval, engine.generates(in: line[...]) {
            lastTokens = .now
            tell(.generating(key))
        }
        if let signal = engine.signal(in: line[...]) { tell(.signal(key, signal)) }
    }

    private func finish(_ key: UnitKey, _ end: UnitEnd, _ tell: @Sendable (Event) -> Void) {
        // A last line without a line break is still a line.
        if let line = lines[key]?.finish() { take(line, of: key, tell) }
        tell(.ended(key, end))
    }
}

/// Who holds a lock, as one word of a command line: `alice@laptop:4711:up:1764000000`.
package enum LockOwner {
    /// - Parameters:
    ///   - user: Login name here.
    ///   - host: This machine.
    ///   - pid: This process.
    ///   - verb: What it is doing.
    ///   - epoch: Since when, in seconds.
    /// - Returns: One word that the node script accepts.
    package static func word(user: String, host: String, pid: Int, verb: String, epoch: Int) -> String {
        let word = "\(part(user))@\(part(host)):\(pid):\(verb):\(epoch)"
        return word.hasPrefix("-") || word.hasPrefix(".") ? "_" + word : word
    }

    /// Without what the node script refuses, and without the colon that parts are told from each other by.
    private static func part(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || "@._+-".contains($0)) ? $0 : "_" })
    }

    /// For a message: `alice@laptop, pid 4711, muster up`.
    package static func describe(_ word: String) -> String {
        let parts = word.split(separator: ":")
        guard parts.count >= 3 else { return word }
        return "\(parts[0]), pid \(parts[1]), `muster \(parts[2])`"
    }
}
