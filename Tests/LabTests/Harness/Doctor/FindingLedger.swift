import Synchronization

/// What doctor has found of what was planted, for the table at the end.
final class FindingLedger: Sendable {
    static let shared = FindingLedger()

    private struct Totals {
        var faults = 0
        var planted = 0
        var found = 0
        var told = 0
        /// Milliseconds of each run.
        var elapsed: [Int64] = []
    }

    private let totals = Mutex(Totals())

    /// - Parameters:
    ///   - planted: Findings that the faults had to come to.
    ///   - found: Those of them that were told, with node, code and change.
    ///   - told: All findings that no other one explains.
    ///   - elapsed: How long it took to ask all hosts and to judge them.
    func add(planted: Int, found: Int, told: Int, elapsed: Duration) {
        totals.withLock { totals in
            totals.faults += 1
            totals.planted += planted
            totals.found += found
            totals.told += told
            totals.elapsed.append(Int64(elapsed / .milliseconds(1)))
        }
    }

    /// The table; nothing when no fault was planted.
    var lines: [String] {
        let totals = totals.withLock { $0 }
        guard totals.faults > 0 else { return [] }
        let times = totals.elapsed.sorted()
        var notes: [String] = []
        if !PlantedFault.loadsModules {
            notes.append("  NOTE: `no-peer-memory` was not planted, since this kernel loads no modules")
        }
        if !LabMode.isLong {
            let count = PlantedFault.variations.count
            notes.append("  NOTE: \(count) variations were not planted; MUSTER_LAB_LONG=1 plants them")
        }
        return [
            "", "faults that doctor looked for",
            "  \(totals.faults) scenarios; precision \(totals.found)/\(totals.told), recall \(totals.found)/\(totals.planted)",
            "  a run took median \(times[times.count / 2]) ms, worst \(times[times.count - 1]) ms",
        ] + notes
    }
}
