import Foundation
import MusterTesting
import Testing

@testable import MusterRuntime

@Suite("Archive")
struct ArchiveTests {
    @Test("is its owner's alone, and a name with a colon is no host")
    func write() async throws {
        try await withScratch { scratch in
            let path = "\(scratch.path)/demo-12:30.tar.gz"
            let files = [EvidenceLook.File("a/b.txt", "text")]
            #expect(await Archive.write(files, in: "demo", to: path) == nil)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(await Archive.write(files, in: "demo", to: path)?.reason == "it is there already")
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["demo-12:30.tar.gz"])
        }
    }
}
