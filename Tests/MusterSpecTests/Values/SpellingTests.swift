import MusterSpec
import Testing

@Suite("Spelling")
struct SpellingTests {
    private static let words = ["tcp_iface", "tp_size", "pp_size", "nodes", "ssh", "env"]

    @Test(
        "near words are found, far ones are not",
        arguments: [
            ("tcp-iface", "tcp_iface"), ("TCP_IFACE", "tcp_iface"), ("tcp_ifcae", "tcp_iface"),
            ("tcpiface", "tcp_iface"), ("node", "nodes"),
            ("nodess", "nodes"), ("shs", "ssh"), ("evn", "env"), ("tpsize", "tp_size"), ("model", nil), ("", nil),
            ("x", nil),
            ("completely_different", nil),
        ] as [(String, String?)]
    )
    func nearest(word: String, expected: String?) {
        #expect(Spelling.nearest(to: word, among: Self.words) == expected)
    }

    @Test("of two equally near words the first is taken")
    func tie() { #expect(Spelling.nearest(to: "xp_size", among: Self.words) == "tp_size") }
}
