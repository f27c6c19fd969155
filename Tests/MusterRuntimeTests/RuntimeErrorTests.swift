import Foundation
import MusterSSH
import MusterSpec
import MusterTesting
import Testing

@testable import MusterRuntime

@Suite("RuntimeError")
struct RuntimeErrorTests {
    private static let codes: [(SSHError.Code, DiagnosticCode)] = [
        (.nameResolution, .hostNotResolved), (.refused, .connectionRefused), (.unreachable, .connectionRefused),
        (.timedOut, .connectionTimedOut), (.hostKeyUnknown, .hostKeyUnknown), (.hostKeyChanged, .hostKeyChanged),
        (.hostKeyRevoked, .hostKeyChanged), (.noCommonAlgorithm, .noCommonAlgorithm),
        (.rsaKeyRefusedByLibraryAge, .rsaKeyRefused), (.authenticationRefused, .keyRefused),
        (.keyUnreadable, .keyUnusable),
        (.keyNeedsPassphrase, .keyUnusable), (.agentFailed, .keyUnusable), (.channelLimit, .channelLimit),
        (.connectionLost, .connectionLost), (.cancelled, .sshOther), (.outputLimit, .sshOther),
        (.forwardRefused, .sshOther),
        (.pushFailed, .nodeScriptFailed), (.protocolError, .sshOther),
    ]

    @Test("gives every SSH error a code, and keeps its words, its node and its hint", arguments: codes)
    func ssh(_ code: SSHError.Code, _ expected: DiagnosticCode) {
        let error = RuntimeError(SSHError(code, "what was found", target: "gpu-a", hint: "what to do"), node: "gpu-a")
        #expect(error.code == expected && error.message == "what was found" && error.hint == "what to do")
        #expect(error.node == "gpu-a" && "\(error)" == "gpu-a: what was found" && error.details.isEmpty)
    }

    @Test("the table names every code of an SSH error once")
    func complete() throws {
        let source = try Repository.text("Sources/MusterSSH/SSHError+Code.swift")
        let declared = source.split(separator: "public static let ").dropFirst().map { String($0.prefix { $0 != " " }) }
        #expect(Set(declared) == Set(Self.codes.map { "\($0.0)" }) && declared.count == Self.codes.count)
    }

    @Test(
        "reads why a push failed from the system's words",
        arguments: [
            ("cat: write error: No space left on device", .diskFull), ("dd: Disk quota exceeded", .diskFull),
            ("mkdir: cannot create directory: Read-only file system", .readOnly), ("sh: Permission denied", .readOnly),
            ("the command ended with status 3", .nodeScriptFailed),
        ] as [(String, DiagnosticCode)]
    )
    func push(_ message: String, _ code: DiagnosticCode) {
        let error = RuntimeError(SSHError(.pushFailed, message, target: "a"), node: "a")
        #expect(error.code == code && (error.hint != nil) == (code != .nodeScriptFailed))
    }

    private static let reasons: [(String, DiagnosticCode)] = [
        ("usage", .nodeScriptFailed), ("locked", .locked), ("not-owner", .locked),
        ("stale-generation", .staleGeneration),
        ("live", .nodeScriptFailed), ("missing", .nodeScriptFailed), ("no-setsid", .noSessionTool),
        ("disk-full", .diskFull),
        ("read-only", .readOnly), ("permission", .readOnly), ("leftovers", .leftovers), ("io", .nodeScriptFailed),
    ]

    @Test("gives every reason of the node script a code", arguments: reasons)
    func refusals(_ reason: String, _ code: DiagnosticCode) {
        let words = reason == "no-setsid" ? "nothing there can start a session" : "the words"
        for end in [.refused(reason: reason, text: "the words"), .failed(reason: reason, text: "the words")]
            as [NodeReply.End]
        {
            let error = RuntimeError(end, doing: "start the unit", node: "a")
            #expect(error.code == code && error.message == "cannot start the unit: \(words)" && error.node == "a")
            #expect((error.hint != nil) == (code != .nodeScriptFailed))
        }
        let silent = RuntimeError(.refused(reason: reason, text: ""), doing: "x", node: "a")
        #expect(silent.message == "cannot x: \(words == "the words" ? reason : words)")
    }

    @Test("the table names every reason of the node contract")
    func everyReason() throws {
        let contract = try Repository.text("Sources/MusterRuntime/MusterRuntime.docc/NodeContract.md")
        let start = try #require(contract.range(of: "\nReasons: "))
        let list = contract[start.upperBound...].prefix { $0 != "." }
        let named = list.split(separator: "`").enumerated().filter { $0.offset % 2 == 0 }.map { String($0.element) }
        #expect(Set(named) == Set(Self.reasons.map(\.0)))
    }

    private static let used: [DiagnosticCode] = Set(codes.map { $0.1 } + reasons.map { $0.1 }).sorted()

    @Test("every code it uses has a page", arguments: used)
    func pages(_ code: DiagnosticCode) { #expect(DiagnosticCatalog.page(for: code) != nil) }
}
