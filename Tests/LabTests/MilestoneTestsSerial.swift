import Glibc
import Testing

extension LabScenarios {
    @Suite(.serialized, .lab(hosts: 2)) struct MilestoneTestsSerial {
        @Test(
            "SIGINT right after each line that is printed leaves nothing, or all",
            arguments: [
                "connecting to", "connected to", "launching 2 units", "all 2 units started", "rendezvous 2/2",
                "weights loaded", "http up", "one token generated",
            ]
        )
        func afterLine(_ line: String) async throws {
            let lab = try Lab.current
            let deployment = try Deployment(ClusterText(hosts: lab.hosts, gpus: 1), on: lab)
            let up = try await deployment.muster("up") { up in
                try await up.says(line)
                up.signal(SIGINT)
            }
            try await deployment.expectNothingOrAll(after: up, at: 0)
            let isBefore = ["connecting to", "connected to"].contains(line)
            if isBefore { #expect(up.code == 1 && up.text.contains("before anything was started"), "\(up)") }
            if !isBefore, line != "launching 2 units" { #expect(up.code == 5 || up.code == 0, "\(up)") }
        }
    }
}
