import Foundation
import Synchronization
import Testing

/// The table at the end: which scenarios there were, how they ended, how long they took.
final class LabReport: Sendable {
    static let shared = LabReport()

    private struct Row {
        let name: String
        let isGood: Bool
        let elapsed: Duration
        let scratch: String
    }

    private let rows = Mutex<[Row]>([])

    func add(_ name: String, _ isGood: Bool, _ elapsed: Duration, _ scratch: String) {
        rows.withLock { $0.append(Row(name: name, isGood: isGood, elapsed: elapsed, scratch: scratch)) }
    }

    func show(after elapsed: Duration) {
        let rows = rows.withLock { $0 }
        var lines = ["", "lab scenarios"]
        for row in rows.sorted(by: { $0.elapsed > $1.elapsed }) {
            lines.append("  \(row.isGood ? "passed" : "FAILED") \(seconds(row.elapsed))  \(row.name)")
            if !row.isGood { lines.append("           kept in \(row.scratch)") }
        }
        let good = rows.count(where: \.isGood)
        lines.append("  \(good) of \(rows.count) scenarios passed in\(seconds(elapsed))")
        if !LabMode.hasNamespaces { lines.append("  NOTE: loopback mode, no broken or cut-off hosts. \(LabMode.why)") }
        if !LabMode.isLong {
            lines.append("  NOTE: coarse sweeps of moments; MUSTER_LAB_LONG=1 for fine ones")
        }
        print((lines + FaultLedger.shared.lines + FindingLedger.shared.lines).joined(separator: "\n"))
    }

    private func seconds(_ duration: Duration) -> String {
        let text = String(format: "%.1f s", duration / .seconds(1))
        return String(repeating: " ", count: max(1, 9 - text.count)) + text
    }
}

/// Prints the table when the suite it is on is done.
struct LabReportTrait: SuiteTrait, TestScoping {
    func scopeProvider(for test: Test, testCase: Test.Case?) -> LabReportTrait? { test.isSuite ? self : nil }

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let began = ContinuousClock.now
        do {
            try await function()
        } catch {
            LabReport.shared.show(after: ContinuousClock.now - began)
            throw error
        }
        LabReport.shared.show(after: ContinuousClock.now - began)
    }
}

extension Trait where Self == LabReportTrait {
    static var report: LabReportTrait { LabReportTrait() }
}

/// Everything that runs the real `muster` against real hosts. The suites inside have a lab each and run side by side.
@Suite(.tags(.lab), .report) enum LabScenarios {}
