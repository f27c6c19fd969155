import Foundation
import Synchronization
import Testing

extension Tag {
    /// Runs real programs on the hosts of a lab.
    @Tag static var lab: Self
}

/// A lab for a suite: brought up once, and made whole again after each of its scenarios.
struct LabTrait: SuiteTrait, TestTrait, TestScoping {
    let hosts: Int

    var isRecursive: Bool { true }

    func scopeProvider(for test: Test, testCase: Test.Case?) -> LabTrait? {
        test.isSuite || testCase != nil ? self : nil
    }

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        if test.isSuite {
            try await suite(function)
        } else {
            try await scenario(test, testCase, function)
        }
    }

    private func suite(_ function: @concurrent @Sendable () async throws -> Void) async throws {
        await LabSlots.shared.take()
        let directory = "/tmp/muster-lab-tests-\(getpid())/\(UInt16.random(in: 0...UInt16.max))"
        do {
            let lab = try await Lab.up(hosts, in: directory)
            do {
                try await Lab.$suite.withValue(lab) { try await function() }
            } catch {
                try? await lab.down()
                throw error
            }
            try await lab.down()
        } catch {
            await LabSlots.shared.give()
            throw error
        }
        await LabSlots.shared.give()
    }

    private func scenario(
        _ test: Test,
        _ testCase: Test.Case?,
        _ function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let lab = try Lab.current
        let name = "\(test.name.prefix { $0 != "(" })-\(UInt16.random(in: 0...UInt16.max))"
        let scratch = "/tmp/muster-lab-tests-\(getpid())/\(name)"
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        let issues = Mutex(0)
        let counting = IssueHandlingTrait.compactMapIssues { issue in
            issues.withLock { $0 += 1 }
            return issue
        }
        let began = ContinuousClock.now
        try await counting.provideScope(for: test, testCase: testCase) {
            await Lab.$scratch.withValue(scratch) {
                do {
                    try await function()
                } catch is ExpectationFailedError {
                    // Recorded when it failed.
                } catch {
                    Issue.record(error)
                }
                if issues.withLock({ $0 }) > 0 { lab.keepLogs(in: scratch) }
                do { try await lab.tidy() } catch { Issue.record(error) }
            }
        }
        let isGood = issues.withLock { $0 } == 0
        if isGood { try FileManager.default.removeItem(atPath: scratch) }
        LabReport.shared.add(test.displayName ?? test.name, isGood, ContinuousClock.now - began, scratch)
    }
}

extension Trait where Self == LabTrait {
    /// Hosts for the scenarios of a suite.
    static func lab(hosts: Int) -> LabTrait { LabTrait(hosts: hosts) }
}

/// How many labs may be up at once: more would only wait for each other on a small machine. Hosts without a network of
/// their own see each other's ports, across labs too, so there it is one.
private actor LabSlots {
    static let shared = LabSlots()

    private var free =
        ProcessInfo.processInfo.environment["MUSTER_LAB_WIDTH"].flatMap { Int($0) } ?? (LabMode.hasNamespaces ? 3 : 1)
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func take() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    func give() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
