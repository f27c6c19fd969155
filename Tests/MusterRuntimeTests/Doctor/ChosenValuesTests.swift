import Foundation
import MusterSpec
import MusterTesting
import Testing

@testable import MusterRuntime

@Suite("What was chosen for `auto`")
struct ChosenValuesTests {
    private func values(in home: String) throws -> (ChosenValues, path: String) {
        let machine = LocalMachine(user: "ada", home: home, hostName: "desk", pid: 1, environment: [:])
        let name = try #require(DeploymentName("demo"))
        return (ChosenValues(machine, name), "\(machine.stateDirectory)/demo/chosen.json")
    }

    @Test("choices are read as they were kept, and later ones take their place")
    func kept() async throws {
        try await withScratch { scratch in
            let (values, path) = try values(in: scratch.path)
            #expect(values.read() == [])
            let edits = [
                FileEdit(path: ["tcp_iface"], value: "bond0"),
                FileEdit(path: ["nodes", "2", "rdma_gid_index"], value: "5"),
                FileEdit(path: ["x"], value: "\"quoted\" \\ \u{1}"),
            ]
            #expect(values.keep(edits)?.reason == nil && values.read() == edits)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(values.keep([edits[1]])?.reason == nil && values.read() == [edits[1]])
        }
    }

    @Test("a file of another form, or a damaged one, says nothing")
    func foreign() async throws {
        try await withScratch { scratch in
            let (values, path) = try values(in: scratch.path)
            let edit = FileEdit(path: ["tcp_iface"], value: "bond0")
            #expect(values.keep([edit])?.reason == nil)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            for other in ["", "{", "[]", text.replacingOccurrences(of: "chosen/1", with: "chosen/2")] {
                try Data(other.utf8).write(to: URL(filePath: path))
                #expect(values.read() == [], "\(other)")
            }
        }
    }

    @Test("what cannot be written is told")
    func refused() async throws {
        try await withScratch { scratch in
            // Where the state directory would be there is a file.
            try scratch.write("", to: ".local/state")
            let (values, _) = try values(in: scratch.path)
            let problem = values.keep([FileEdit(path: ["tcp_iface"], value: "bond0")])
            #expect(problem?.reason.isEmpty == false)
        }
    }
}
