import MusterSupervision
import Testing

@Suite("UnitEnd")
struct UnitEndTests {
    @Test(
        "says what an exit status means",
        arguments: [
            (0, "exited with status 0, which for a server is a failure"), (1, "exited with status 1"),
            (2, "exited with status 2, as it does for a flag it does not know"), (3, "exited with status 3"),
            (126, "exited with status 126: the program could not be executed"),
            (127, "exited with status 127: the program was not found"), (128, "exited with status 128"),
            (129, "was ended by signal 1 (SIGHUP)"), (130, "was ended by signal 2 (SIGINT)"),
            (134, "was ended by signal 6 (SIGABRT)"), (135, "was ended by signal 7 (SIGBUS)"),
            (137, "was ended by signal 9 (SIGKILL)"), (139, "was ended by signal 11 (SIGSEGV)"),
            (143, "was ended by signal 15 (SIGTERM)"), (144, "was ended by signal 16"), (192, "was ended by signal 64"),
            (193, "exited with status 193"), (255, "exited with status 255"),
        ]
    )
    func exits(_ status: Int, _ text: String) { #expect(UnitEnd.exited(status: status).text == text) }

    @Test("says what a missing exit means")
    func withoutExit() {
        #expect(
            UnitEnd.lost.text
                == "is gone without an exit record: the node rebooted, or its processes were killed all at once"
        )
        #expect(UnitEnd.orphaned.text == "has lost its waiter while processes of it still run")
    }

    @Test("the layers of readiness are in order and named")
    func layers() {
        #expect(ReadinessLayer.allCases == ReadinessLayer.allCases.sorted())
        #expect(
            ReadinessLayer.allCases.map(\.name) == ["http up", "model listed", "one token generated", "workers alive"]
        )
    }
}
