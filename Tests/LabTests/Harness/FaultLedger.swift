import Foundation
import Synchronization

/// What the daemon has survived, for the table at the end.
final class FaultLedger: Sendable {
    static let shared = FaultLedger()

    private struct Totals {
        /// Milliseconds, by fault; nothing where there was nothing to notice.
        var faults: [String: (count: Int, detection: [Int64], recovery: [Int64])] = [:]
        var cycles = 0
        var crashes = 0
        var lost = 0
        var doubles = 0
        var orphans = 0
        var adoptions: [Int64] = []
    }

    private let totals = Mutex(Totals())

    func add(_ fault: String, detection: Int64?, recovery: Int64?) {
        totals.withLock { totals in
            var row = totals.faults[fault] ?? (0, [], [])
            row.count += 1
            if let detection { row.detection.append(detection) }
            if let recovery { row.recovery.append(recovery) }
            totals.faults[fault] = row
        }
    }

    func cycle() { totals.withLock { $0.cycles += 1 } }
    func crash() { totals.withLock { $0.crashes += 1 } }
    func adopt(after milliseconds: Int64) { totals.withLock { $0.adoptions.append(milliseconds) } }
    func lose(_ events: Int) { totals.withLock { $0.lost += events } }
    func orphan(_ count: Int) { totals.withLock { $0.orphans += count } }
    func look(launchers: Int) { if launchers > 1 { totals.withLock { $0.doubles += 1 } } }

    /// The table; nothing when no fault was planted.
    var lines: [String] {
        let totals = totals.withLock { $0 }
        guard !totals.faults.isEmpty || totals.crashes > 0 else { return [] }
        var lines = ["", "faults the daemon met"]
        for (name, row) in totals.faults.sorted(by: { $0.key < $1.key }) {
            let figures =
                row.detection.isEmpty
                ? "nothing relaunched"
                : "noticed after \(Self.spread(row.detection)) ms, ready again after \(Self.spread(row.recovery)) ms"
            lines.append("  \(row.count) x \(name): \(figures)")
        }
        let detections = totals.faults.values.flatMap(\.detection)
        let recoveries = totals.faults.values.flatMap(\.recovery)
        let count = totals.faults.values.map(\.count).reduce(0, +)
        lines.append(
            "  \(totals.cycles) cycles, \(count) faults, \(totals.crashes) kill -9 of the daemon; \(totals.lost) lost events, "
                + "\(totals.doubles) double launches, \(totals.orphans) orphans"
        )
        if !detections.isEmpty {
            lines.append(
                "  noticed after \(Self.spread(detections)) ms, ready again after \(Self.spread(recoveries)) ms"
            )
        }
        if !totals.adoptions.isEmpty { lines.append("  taken over after \(Self.spread(totals.adoptions)) ms") }
        return lines
    }

    private static func spread(_ values: [Int64]) -> String {
        let sorted = values.sorted()
        guard let worst = sorted.last else { return "-" }
        return "median \(sorted[sorted.count / 2]), worst \(worst)"
    }
}
