import Foundation
import Logging
import MusterRuntime
import MusterSpec
import MusterSupervision
import MusterTesting
import Testing

@testable import MusterDaemon

@Suite("Guide to log levels")
struct LogGuideTests {
    private static func cause(isWish: Bool) throws -> Cause {
        let text =
            #"{"code": "MUS0601", "text": "it died", "signature": "s", "evidence": [], "isWish": \#(isWish)}"#
        return try JSONDecoder().decode(Cause.self, from: Data(text.utf8))
    }

    /// One of each kind, but two of those whose level depends on what they say.
    private static func events() throws -> [(event: DeploymentEvent, remark: String)] {
        let (failure, wish) = (try cause(isWish: false), try cause(isWish: true))
        let plain: [DeploymentEvent] = [
            .upWanted(file: FileReference(hash: "h", path: "p"), plan: "p"), .downWanted,
            .restartWanted(replica: 0, nodeRank: nil, scope: "gang"), .paused, .resumed, .nodeDrained(node: "n"),
            .nodeUndrained(node: "n"), .refused(reason: "r"),
            .launching(replica: 0, generation: 1, plan: "p", reason: "r"),
            .relaunching(replica: 0, generation: 1, nodeRank: NodeRank(0), reason: "r"),
            .spareTaken(replica: 0, node: "n", spare: "s", reason: "r"), .evictionOwed(node: "n", generation: 1),
            .foundStopped, .adopted(replica: 0, generation: 1),
            .unitStarted(replica: 0, generation: 1, nodeRank: NodeRank(0), node: "n"),
            .milestone(replica: 0, generation: 1, text: "t"), .ready(replica: 0, generation: 1, after: 1, phases: [:]),
            .stable(replica: 0), .unitFailed(replica: 0, generation: 1, cause: failure),
            .left(replica: 0, generation: 1, node: "n", what: []), .fenced(replica: 0, generation: 1),
            .explained(replica: 0, generation: 1, answer: nil), .evicted(node: "n"),
            .nodeSuspected(node: "n", reason: "r"), .nodeLost(node: "n", after: 1),
            .nodeBack(node: "n", after: 1), .nodeRebooted(node: "n"), .memoryMeasured(node: "n", used: []),
            .memoryHeld(replica: 0, what: "w"), .waiting(replica: 0, reason: "r"),
            .restartPlanned(replica: 0, at: 0, attempt: 1, of: 5, cause: failure),
            .gaveUp(replica: 0, reason: "r", cause: failure), .stopped(replica: 0), .daemonStarted(version: "1"),
            .daemonStopping,
        ]
        return plain.map { ($0, "") } + [
            (.fencing(replica: 0, generation: 1, cause: failure), " after a failure"),
            (.fencing(replica: 0, generation: 1, cause: wish), " by wish"),
            (.transportProven(replica: 0, generation: 1, text: "t", codes: ["MUS0896"]), " with findings"),
            (.transportProven(replica: 0, generation: 1, text: "t", codes: []), " without findings"),
        ]
    }

    @Test("the guide's table has every kind of event at the level the daemon gives it, and nothing else")
    func table() throws {
        let page = try Repository.text("Sources/MusterDaemon/MusterDaemon.docc/Logging.md")
        var table: [String: [String]] = [:]
        for row in page.split(separator: "\n") where row.hasPrefix("| ") {
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count >= 2, Logger.Level(rawValue: cells[0]) != nil else { continue }
            table[cells[0]] = cells[1].components(separatedBy: ", ").sorted()
        }
        let known = Dictionary(grouping: try Self.events(), by: \.event.level.rawValue)
            .mapValues { $0.map { "`\($0.event.kind)`\($0.remark)" }.sorted() }
        #expect(table == known)
    }
}
