import Foundation
import Glibc
import MusterTesting
import Testing

/// What a lab's hosts are made of.
enum LabMode: String, Sendable {
    case namespaces, loopback

    /// What a lab of this run will be.
    static let expected: LabMode =
        ProcessInfo.processInfo.environment["MUSTER_LAB_MODE"].flatMap(LabMode.init)
        ?? (getuid() == 0 ? .namespaces : .loopback)

    /// For `.enabled(if:)` of scenarios whose fault a shared machine cannot have.
    static let hasNamespaces = expected == .namespaces
    static let why: Comment = "SKIPPED, not tested: this needs hosts of their own network and root, so run it as root"

    /// Whether the sweeps over a start's moments are fine and variations of faults are planted, too; for a machine that
    /// has the time.
    static let isLong = ProcessInfo.processInfo.environment["MUSTER_LAB_LONG"] == "1"
}

/// Hosts that are up, for the scenarios of one suite.
struct Lab: Sendable {
    /// The lab of the running suite.
    @TaskLocal static var suite: Lab?
    /// Where the running scenario keeps its files.
    @TaskLocal static var scratch = "/tmp"

    /// The lab of the suite this is called in.
    static var current: Lab {
        get throws { try #require(suite, "the suite has no `.lab` trait") }
    }

    let directory: String
    let hosts: [LabHost]
    private let cleanups = Cleanups()

    private static let tool = Repository.root.appending(path: "Deploy/lab/lab").path

    /// Brings hosts up in a directory of their own.
    static func up(_ count: Int, in directory: String) async throws -> Lab {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try await run(["up", String(count)], directory)
        let lines = try await run(["env"], directory).split(separator: "\n")
        let pairs = lines.map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        let values = Dictionary(pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }, uniquingKeysWith: { a, _ in a })
        let mode = try #require(values["MUSTER_LAB_MODE"].flatMap(LabMode.init))
        let hosts = try (1...count).map { number in
            let address = try #require(values["MUSTER_LAB_NODE\(number)_ADDRESS"])
            return LabHost(
                name: "node\(number)",
                number: number,
                address: address,
                port: try #require(values["MUSTER_LAB_NODE\(number)_PORT"].flatMap { Int($0) }),
                directory: "\(directory)/hosts/node\(number)",
                mode: mode,
                tag: "\(address.split(separator: ".")[2]):node\(number)"
            )
        }
        return Lab(directory: directory, hosts: hosts)
    }

    func down() async throws { try await tool("down") }

    /// Host 1 is the head of every cluster file here.
    subscript(_ number: Int) -> LabHost { hosts[number - 1] }

    var identity: String { directory + "/id_ed25519" }
    var knownHosts: String { directory + "/known_hosts" }

    // MARK: Faults

    @discardableResult
    func tool(_ words: String...) async throws -> String { try await Self.run(words, directory) }

    /// Gives the hosts GPUs, RDMA cards and a model to look at; once is enough.
    func makeMachines() async throws {
        guard !hosts.allSatisfy(\.isMachine) else { return }
        try await tool("machines")
    }

    func fault(_ host: LabHost, _ name: String) async throws { try await tool("fault", host.name, name) }
    func mend(_ host: LabHost) async throws { try await tool("mend", host.name) }
    func cut(_ host: LabHost) async throws { try await tool("cut", host.name) }
    func heal(_ host: LabHost) async throws { try await tool("heal", host.name) }

    @discardableResult
    private static func run(_ words: [String], _ directory: String) async throws -> String {
        let name = "\(Lab.scratch)/lab-\(UInt32.random(in: 0...UInt32.max))"
        let finished = try await Program.run(
            [tool] + words,
            environment: ["MUSTER_LAB_DIR": directory],
            into: name,
            deadline: .seconds(90)
        )
        guard finished.code == 0 else { throw LabFailure("\(finished)") }
        for ending in [".out", ".err"] { unlink(name + ending) }
        return finished.out
    }

    // MARK: After a scenario

    /// Has something undone when the scenario ends, however it ends; the last one first.
    func afterwards(_ work: @escaping @Sendable () async throws -> Void) async { await cleanups.add(work) }

    /// Everything on all hosts that a deployment which is down may not leave.
    var leftovers: [String] { hosts.flatMap(\.leftovers) }

    /// Expects that nothing of a deployment is on any host. A waiter writes its record and a watcher says goodbye a
    /// moment after the last word of `muster`, so this looks for a moment.
    func expectNothingLeft(
        on hosts: [LabHost]? = nil,
        within limit: Duration = .seconds(5),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let end = ContinuousClock.now + limit
        let hosts = hosts ?? self.hosts
        var left = hosts.flatMap(\.leftovers)
        while !left.isEmpty, ContinuousClock.now < end {
            // Cancellation only makes the last look come sooner.
            try? await Task.sleep(for: .milliseconds(50))
            left = hosts.flatMap(\.leftovers)
        }
        if !left.isEmpty { Issue.record("left: \(left.joined(separator: "\n"))", sourceLocation: sourceLocation) }
    }

    /// Runs the cleanups, makes the hosts whole, and complains about what a scenario left before removing it.
    func tidy() async throws {
        try await cleanups.run()
        for host in hosts {
            if host.firstProcess == nil { try await tool("power-on", host.name) }
            if host.isCut { try await heal(host) }
            if host.hasFaults { try await mend(host) }
        }
        await expectNothingLeft(within: .seconds(20))
        for host in hosts {
            for process in host.processes where process.isLeftover { kill(process.pid, SIGKILL) }
            for file in ["~/.muster", "~/.standin-fail"] { host.remove(file) }
        }
    }

    /// Copies the units' logs from the hosts, for whoever looks into a failure.
    func keepLogs(in folder: String) {
        for host in hosts where host.firstProcess != nil {
            let state = host.path("~/.muster")
            for file in FileManager.default.enumerator(atPath: state)?.compactMap({ $0 as? String }) ?? []
            where file.hasSuffix("/log") || file.hasSuffix("/exit") || file.hasSuffix("/launch.sh") {
                let name = file.replacingOccurrences(of: "/", with: "_")
                try? FileManager.default.copyItem(atPath: "\(state)/\(file)", toPath: "\(folder)/\(host.name)_\(name)")
            }
        }
    }
}

/// What is to be undone, in reverse order.
private actor Cleanups {
    private var works: [@Sendable () async throws -> Void] = []

    func add(_ work: @escaping @Sendable () async throws -> Void) { works.append(work) }

    /// All of them, also when one fails; then the first failure.
    func run() async throws {
        var failure: (any Error)?
        while let work = works.popLast() {
            do { try await work() } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }
}
