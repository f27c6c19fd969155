import Testing

@testable import MusterEngines

@Suite("Times of log lines")
struct LogStampTests {
    static let rows: [(String, String?)] = [
        ("[2026-03-04 05:06:07 TP3] x", "2026-03-04 05:06:07.000"),
        ("[2026-03-04 05:06:07.250 TP3] x", "2026-03-04 05:06:07.250"),
        ("(Worker_TP0 pid=9) INFO 03-04 05:06:07 [a.py:1] x", "2024-03-04 05:06:07.000"),
        ("[rank3]:[E304 05:06:07.123456789 ProcessGroupNCCL.cpp:1] x", "2024-03-04 05:06:07.123"),
        ("[rank3]:[E1231 23:59:59.5 a.cpp:1] x", "2024-12-31 23:59:59.500"),
        ("ERROR 2026-03-04T05:06:07.209109067Z x", "2026-03-04 05:06:07.209"),
        ("kern  :warn  : 2026-03-04T05:06:07,287197+00:00 x", "2026-03-04 05:06:07.287"),
        ("[Wed Mar  4 05:06:07 2026] NVRM: x", "2026-03-04 05:06:07.000"),
        ("[Mar 04 2026 05:06:07] [ERROR] x", "2026-03-04 05:06:07.000"),
        ("Mar 14 05:06:07 node-a kernel: x", "2024-03-14 05:06:07.000"),
        ("[   12.500000] NVRM: x", "2026-03-01 00:00:12.500"),
        ("[2024-02-29 00:00:00] x", "2024-02-29 00:00:00.000"),
        ("  4%|#  | 1/23 [00:07<02:39,  7.23s/it]", nil), ("at 05:06:07 something", nil),
        ("[2026-13-04 05:06:07] x", nil), ("[2026-03-04 25:06:07] x", nil), ("", nil), ("[", nil), (":::::::::", nil),
    ]

    @Test("every engine's form is read", arguments: rows.indices)
    func forms(_ index: Int) {
        let (line, text) = Self.rows[index]
        let boot = LogInstant(
            nanoseconds: LogInstant.day(year: 2026, month: 3, date: 1) * LogInstant.day
        )
        let stamp = LogStamp.read(Substring(line).utf8.span)
        #expect(stamp?.instant(year: 2024, boot: boot)?.text == text, "\(line)")
    }

    @Test("days are those of the calendar")
    func calendar() {
        #expect(LogInstant.day(year: 1970, month: 1, date: 1) == 0)
        #expect(LogInstant.day(year: 2000, month: 3, date: 1) == 11_017)
        #expect(LogInstant.day(year: 2026, month: 12, date: 31) == 20_818)
    }

    @Test("a moment is moved to another clock")
    func moved() {
        #expect(LogInstant(nanoseconds: 5_000_000_000).moved(by: .milliseconds(-1500)).nanoseconds == 3_500_000_000)
    }
}
