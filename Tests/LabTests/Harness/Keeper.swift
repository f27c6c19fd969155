import Foundation
import Glibc
import MusterAPI
import MusterClient
import MusterSpec
import Synchronization
import Testing

/// A real `musterd` with a store of its own, which keeps a deployment on the hosts of a lab.
final class Keeper: Sendable {
    let lab: Lab
    /// The cluster file; changed by nobody while it is kept.
    let cluster: ClusterText
    let directory: String
    private let pid = Mutex<pid_t>(0)
    private let starts = Mutex(0)

    /// It lies beside the tests that were built with it.
    private static let program: String = URL(filePath: Deployment.program).deletingLastPathComponent()
        .appending(path: "musterd").path

    /// Starts the daemon. Whatever the scenario comes to, the deployment is taken down and the daemon ended after it.
    /// Restarts are forgiven after a second, since the pauses between many would be hours; `patient` leaves the defaults.
    init(_ cluster: ClusterText, on lab: Lab, in directory: String? = nil, patient: Bool = false) async throws {
        self.lab = lab
        var cluster = cluster
        if !patient { cluster.more.append("restart: {max_attempts: 1000, stable_after: 1s}") }
        self.cluster = cluster
        self.directory = directory ?? "\(Lab.scratch)/keeper"
        try FileManager.default.createDirectory(atPath: self.directory, withIntermediateDirectories: true)
        // Undone in reverse order, and the daemon ends also when its deployment does not.
        await lab.afterwards { [self] in stop() }
        await lab.afterwards { [self] in
            if !isRunning { try await start() }
            try await down()
        }
        try await start()
    }

    var socket: String { "\(directory)/api/musterd.sock" }
    var isRunning: Bool { Processes.isRunning(pid.withLock { $0 }) }
    var process: pid_t { pid.withLock { $0 } }
    /// All that it has said, over all its lives.
    var log: String { Files.text("\(directory)/log") }

    // MARK: Life

    func start() async throws {
        let child = try Self.spawn(
            [Self.program, "--state-dir", directory, "--socket", socket, "--log-level", "info"],
            log: "\(directory)/log"
        )
        pid.withLock { $0 = child }
        starts.withLock { $0 += 1 }
        try await eventually("musterd answers", within: .seconds(20), every: .milliseconds(10)) {
            guard Processes.isRunning(child) else { throw LabFailure("musterd ended:\n\(log)") }
            return (try? await ask { try await $0.version() }) != nil
        }
    }

    /// As the power would end it.
    func crash() { end(SIGKILL) }

    /// As systemd would.
    func stop() { end(SIGTERM) }

    private func end(_ signal: Int32) {
        let child = pid.withLock { $0 }
        guard child > 0 else { return }
        kill(child, signal)
        var status: Int32 = 0
        waitpid(child, &status, 0)
        pid.withLock { $0 = 0 }
    }

    private static func spawn(_ argv: [String], log: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var words: [UnsafeMutablePointer<CChar>?] = argv.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        guard posix_spawn(&child, argv[0], &actions, nil, &words, environ) == 0 else {
            throw LabFailure("`\(argv[0])` cannot be started")
        }
        return child
    }

    // MARK: Asking

    func ask<Value: Sendable>(_ question: (DaemonClient) async throws -> Value) async throws -> Value {
        try await DaemonClient.with(.socket(socket), release: Release.version, deadline: .seconds(20), question)
    }

    /// Has the deployment brought up and kept.
    func up(replace: Bool = false) async throws {
        let request = UpRequest(file: cluster.text(lab), path: "lab.yaml", replace: replace)
        _ = try await ask { try await $0.up(cluster.name, request) }
    }

    /// Has it taken down, and waits until nothing is left.
    func down() async throws {
        do {
            _ = try await ask { try await $0.down(cluster.name) }
        } catch let error as ClientError where error.problem?.kind == .notFound {
            return
        }
        try await state("down", within: .seconds(60))
    }

    func detail() async throws -> DeploymentSummary { try await ask { try await $0.deployment(cluster.name).summary } }

    /// Waits for a state, and for a generation at least.
    func state(_ word: String, generation: Int = 0, within limit: Duration = .seconds(60)) async throws {
        var last: DeploymentSummary?
        do {
            try await eventually("\(word), generation \(generation)", within: limit, every: .milliseconds(25)) {
                last = try await detail()
                return last?.state == word && last?.generation ?? 0 >= generation
            }
        } catch {
            let story = try await events().suffix(30).map { "\($0.at) \($0.kind): \($0.text)" }
            throw LabFailure("\(error); \(last.map { "\($0)" } ?? "")\n\(story.joined(separator: "\n"))")
        }
    }

    /// Brings it up and waits until it is ready.
    func bringUp() async throws {
        try await up()
        try await state("ready")
    }

    /// Every event of the deployment, in order.
    func events() async throws -> [EventRecord] {
        try await ask { client in
            var all: [EventRecord] = []
            while true {
                let page = try await client.events(after: all.last?.id ?? 0, of: cluster.name, limit: 1000)
                all += page.events
                if page.events.count < 1000 { return all }
            }
        }
    }

    /// Events of some kinds from some moment on.
    func events(_ kinds: String..., since moment: Int64) async throws -> [EventRecord] {
        try await events().filter { kinds.contains($0.kind) && $0.at.milliseconds >= moment }
    }

    /// Milliseconds since the epoch, by the clock that events have.
    static var now: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }

    // MARK: Promises

    /// Does something to the deployment, waits until it is ready again in another generation, and notes how long it took
    /// to be noticed and to be over.
    @discardableResult
    func survives(
        _ fault: String,
        within limit: Duration = .seconds(90),
        _ harm: () async throws -> Void
    ) async throws -> EventRecord {
        try await forgiven()
        let generation = try await detail().generation
        let moment = Self.now
        try await harm()
        try await state("ready", generation: generation + 1, within: limit)
        // The daemon knows that it is ready a moment before that is on disk.
        try await eventually("it is written down", within: .seconds(10), every: .milliseconds(10)) {
            try await !events("ready", since: moment).isEmpty
        }
        let noticed = try await events("fencing", "unitFailed", since: moment)
        let first = try #require(noticed.first, "nothing was noticed of: \(fault)")
        let ready = try #require(try await events("ready", since: moment).last)
        FaultLedger.shared.add(
            fault,
            detection: first.at.milliseconds - moment,
            recovery: ready.at.milliseconds - moment
        )
        expectNoDouble()
        return first
    }

    /// Waits until the next restart comes without a pause.
    func forgiven() async throws {
        try await eventually("earlier restarts are forgiven", within: .seconds(20)) {
            let last = try await events().last { ["stable", "restartPlanned"].contains($0.kind) }
            return last?.kind != "restartPlanned"
        }
    }

    /// Does something that may not change what runs.
    func shrugs(_ fault: String, for span: Duration, _ harm: () async throws -> Void) async throws {
        let before = try await detail()
        let moment = Self.now
        try await harm()
        while Self.now - moment < Int64(span / .milliseconds(1)) {
            let now = try await detail()
            #expect(now.generation == before.generation, "\(fault) led to another launch")
            try await Task.sleep(for: .milliseconds(100))
        }
        try await state("ready", generation: before.generation, within: .seconds(30))
        let after = try await detail()
        #expect(after.generation == before.generation, "\(fault) led to another launch")
        FaultLedger.shared.add(fault, detection: nil, recovery: nil)
        expectNoDouble()
    }

    /// On no host are there two launchers of the deployment.
    func expectNoDouble(sourceLocation: SourceLocation = #_sourceLocation) {
        for host in cluster.hosts {
            let launchers = host.launchers(in: cluster.name)
            FaultLedger.shared.look(launchers: launchers.count)
            if launchers.count > 1 {
                Issue.record("\(host.name) has \(launchers.count) launchers", sourceLocation: sourceLocation)
            }
        }
    }

    /// No number is missing among the events, and whatever was launched was intended before.
    func expectWholeStory(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let events = try await events()
        let all = try await ask { try await $0.events(after: 0, limit: 1000) }
        let numbers = all.events.map(\.id)
        let isWhole = numbers == Array(1...Int64(max(1, numbers.count)))
        FaultLedger.shared.lose(isWhole ? 0 : 1)
        #expect(isWhole, "numbers are missing", sourceLocation: sourceLocation)
        let intended = Set(events.filter { $0.kind == "launching" }.compactMap { Self.generation($0) })
        for host in cluster.hosts {
            for name in Files.names(host.path("~/.muster/\(cluster.name)")) where name.hasPrefix("g") {
                guard let generation = Int(name.dropFirst()) else { continue }
                #expect(
                    intended.contains(generation),
                    "generation \(generation) on \(host.name) was never intended",
                    sourceLocation: sourceLocation
                )
            }
        }
    }

    private static func generation(_ event: EventRecord) -> Int? {
        let match = event.data.text.firstMatch(of: /"generation":\s*(\d+)/)
        return match.flatMap { Int($0.1) }
    }
}

extension LabHost {
    /// All launchers of a deployment, of any generation.
    func launchers(in deployment: String = "lab") -> [HostProcess] {
        let units = processes.filter { $0.variable("MUSTER_DEPLOYMENT") == deployment }
        return units.filter { process in
            !process.isNodeScript && units.contains { $0.pid == process.parent && $0.isNodeScript }
        }
    }

    /// The script that holds the watch channel.
    var watchers: [HostProcess] { processes.filter { $0.isNodeScript && $0.command.contains("watch") } }
}
