import Foundation
import MusterSpec
import MusterTesting
import Testing

@Suite("The unit of systemd")
struct UnitFileTests {
    private static let path = Repository.root.appending(path: "Deploy/musterd.service").path

    /// The values of a key, in order.
    private static func values(_ key: String) throws -> [String] {
        try Repository.text("Deploy/musterd.service").split(separator: "\n")
            .filter { $0.hasPrefix("\(key)=") }
            .map { String($0.dropFirst(key.count + 1)) }
    }

    private static func seconds(_ key: String) throws -> Duration {
        let value = try #require(try values(key).first)
        return .seconds(try #require(Int(value.dropLast()), "\(key)=\(value)"))
    }

    /// The unit as it would be on a machine where the program is installed.
    private static func verify(_ words: String...) async throws -> LocalCommand.Result {
        try await withScratch { scratch in
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let unit = text.replacingOccurrences(of: "/usr/local/bin/musterd", with: Musterd.program)
            let file = try scratch.write(unit, to: "musterd.service")
            return try await LocalCommand(["systemd-analyze"] + words + [file]).run()
        }
    }

    private static let hasAnalyzer = LocalCommand.exists("systemd-analyze")

    @Test("systemd has nothing to say about it", .enabled(if: hasAnalyzer, "there is no `systemd-analyze`"))
    func verified() async throws {
        let result = try await Self.verify("verify", "--man=no")
        #expect(result.status == 0 && result.errorText.isEmpty, "\(result.errorText)")
    }

    @Test("what it exposes is 1.5 of 10 at most", .enabled(if: hasAnalyzer, "there is no `systemd-analyze`"))
    func exposure() async throws {
        let result = try await Self.verify("security", "--no-pager", "--offline=true", "--threshold=15")
        #expect(result.status == 0, "\(result.text.split(separator: "\n").last ?? "")\(result.errorText)")
    }

    @Test("its limits fit the daemon's own")
    func limits() throws {
        #expect(try Self.seconds("TimeoutStopSec") > DaemonSpec().stopTimeout)
        // Half of it has to be longer than what counts as standing still.
        #expect(try Self.seconds("WatchdogSec") > .seconds(40))
        #expect(try Self.values("RestartPreventExitStatus") == ["2 3"])
    }

    @Test("it gives the service directories that belong to its user alone")
    func directories() throws {
        #expect(try Self.values("StateDirectory") == ["musterd"])
        #expect(try Self.values("StateDirectoryMode") == ["0700"])
        #expect(try Self.values("RuntimeDirectoryMode") == ["0700"])
        #expect(try Self.values("User") == ["muster"])
        #expect(try Self.values("CapabilityBoundingSet") == [""])
    }
}
