import MusterTesting
import Testing

/// The measurements themselves are made on the hosts of a lab.
@Suite("muster doctor --deep")
struct DoctorDeepTests {
    @Test("without a terminal nobody can be asked, so it ends before anything is connected to")
    func refused() async throws {
        let result = try await Muster.run(["doctor", example(fourNodes), "--deep"])
        #expect(result.status == Code.usage && result.stdout.isEmpty)
        #expect(
            result.errorText
                == "error: --deep loads all GPUs and asks first, and there is no terminal to ask on\n"
                + "  hint: give --yes as well\n"
        )
    }
}
