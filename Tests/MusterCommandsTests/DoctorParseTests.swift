import Foundation
import MusterTesting
import Testing

@Suite("muster doctor parse")
struct DoctorParseTests {
    private static let matrix = """
        # source: a colleague
        \tGPU0\tGPU1\tNIC0\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID
        GPU0\t X \tPIX\tNODE\t0-31\t0\tN/A
        GPU1\tPIX\t X \tSYS\t0-31\t0\tN/A
        NIC0\tNODE\tSYS\t X \t\t\t

        NIC Legend:

          NIC0: mlx5_0

        """

    @Test("what a colleague sent is read from standard input and shown")
    func shown() async throws {
        let result = try await Muster.run(["doctor", "parse", "topo"], stdin: Self.matrix)
        #expect(result.status == Code.ok)
        #expect(result.text.contains("mlx5_0"))
        let json = try await Muster.run(["doctor", "parse", "topo", "--format", "json"], stdin: Self.matrix).json()
        #expect(json["format"] as? String == "muster.doctor.parse/1")
        #expect(json["outcome"] as? String == "read")
    }

    @Test("damage is named with its place, and ends with 1")
    func damaged() async throws {
        let cut = Self.matrix.replacingOccurrences(of: "GPU1\tPIX\t X \tSYS", with: "GPU1\tPIXX \tSYS")
        let result = try await Muster.run(["doctor", "parse", "topo"], stdin: cut)
        #expect(result.status == Code.failed)
        #expect(result.text.contains("line 4") && result.text.contains("hint: "))
        let json = try await Muster.run(["doctor", "parse", "topo", "--format", "json"], stdin: cut).json()
        #expect(json["outcome"] as? String == "damaged")
    }

    @Test("a kind that does not exist is answered with the nearest one, a file that does not with the reason")
    func wrong() async throws {
        let kind = try await Muster.run(["doctor", "parse", "show_gid"])
        #expect(kind.status == Code.usage && kind.errorText.contains("did you mean show_gids?"))
        let file = try await Muster.run(["doctor", "parse", "topo", "/nowhere/topo.txt"])
        #expect(file.status == Code.failed && file.errorText.contains("no such file"))
    }
}
