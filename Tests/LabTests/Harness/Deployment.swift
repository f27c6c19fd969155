import Foundation
import Glibc
import Synchronization
import Testing

/// A cluster file, and the verbs of the real program on it.
final class Deployment: Sendable {
    let lab: Lab
    let file: String
    /// Variables of muster's own environment.
    let environment: [String: String]
    private let calls = Mutex(0)

    /// Writes the file into the scenario's folder. The deployment is taken down when the scenario ends.
    init(_ cluster: ClusterText, on lab: Lab, environment: [String: String] = [:]) throws {
        self.lab = lab
        self.environment = environment
        file = "\(Lab.scratch)/\(cluster.name)-\(UInt16.random(in: 0...UInt16.max)).yaml"
        try Files.write(cluster.text(lab), file)
    }

    /// The file with another content, for a plan that has changed.
    func rewrite(_ cluster: ClusterText) throws { try Files.write(cluster.text(lab), file) }

    /// The program under test lies beside the tests that were built with it.
    static let program: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(filePath: tests).deletingLastPathComponent().appending(path: "muster").path
    }()

    /// Runs a verb on the file; words behind the verb come behind the file.
    @discardableResult
    func muster(
        _ verb: String,
        _ words: String...,
        deadline: Duration = .seconds(60),
        during: (Running) async throws -> Void = { _ in }
    ) async throws -> Finished {
        let number = calls.withLock { calls in
            calls += 1
            return calls
        }
        // What is under test in most scenarios is the launch; hosts there have no RDMA cards, which a look would find.
        let words = verb == "up" && !words.contains("--doctor") ? words + ["--no-doctor"] : words
        return try await Program.run(
            [Self.program, verb, file] + words,
            // What the program remembers is the scenario's.
            environment: ["XDG_STATE_HOME": "\(Lab.scratch)/state"].merging(environment) { $1 },
            into: "\(Lab.scratch)/\(number)-\(verb)-\(UInt16.random(in: 0...UInt16.max))",
            deadline: deadline,
            during: during
        )
    }

    /// Brings it up and expects that to work.
    @discardableResult
    func bringUp(_ words: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws -> Finished {
        let up = try await words.first == "--yes" ? muster("up", "--yes") : muster("up")
        up.ends(0, says: "ready in", sourceLocation: sourceLocation)
        return up
    }

    /// Takes it down, expects that to work and to leave nothing.
    func takeDown(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let down = try await muster("down")
        down.ends(0, says: "is down", sourceLocation: sourceLocation)
        // It said so, so it must be true at once; only its own watchers may still be on their way out.
        let left = lab.leftovers.filter { !$0.contains("/bin/node-") }
        if !left.isEmpty { Issue.record("down said it was down: \(left)", sourceLocation: sourceLocation) }
        await lab.expectNothingLeft(sourceLocation: sourceLocation)
    }

    func status() async throws -> Status {
        let finished = try await muster("status", "--format", "json")
        return try Status(finished)
    }
}

/// `muster status --format json`.
struct Status: Decodable, Sendable {
    struct Unit: Decodable, Sendable {
        let nodeRank: Int
        let node: String
        let state: String
        let phase: String?
        let generation: Int?
        let pid: Int?
        let exitStatus: Int?
    }

    struct Rank: Decodable, Sendable {
        let rank: Int
        let nodeRank: Int
        let pid: Int?
        let state: String
    }

    struct Problem: Decodable, Sendable {
        let code: String
        let message: String
        let node: String?
    }

    let format: String
    let standing: String
    let healthy: Bool
    let generation: Int?
    let units: [Unit]
    let ranks: [Rank]
    let unreachable: [Problem]
    private(set) var code: Int32?

    private enum CodingKeys: String, CodingKey {
        case format, standing, healthy, generation, units, ranks, unreachable
    }

    init(_ finished: Finished) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            self = try decoder.decode(Status.self, from: Data(finished.out.utf8))
        } catch {
            throw LabFailure("no status: \(error)\n\(finished)")
        }
        code = finished.code
    }

    var pids: [Int?] { units.map(\.pid) }
}
