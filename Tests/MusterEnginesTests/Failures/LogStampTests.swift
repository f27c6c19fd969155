import MusterTesting
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
        ("2026-03-04T14:06:05+09:00 x", "2026-03-04 05:06:05.000"),
        ("2026-03-04T05:06:07.25-0530 x", "2026-03-04 10:36:07.250"),
        ("Mar  4 05:06:07 4090-node3 kernel: x", "2024-03-04 05:06:07.000"),
        ("valid until 9999-12-31 23:59:59", nil), ("[9999999999.5, 1.0]", nil), ("[0.123, 0.55, 7]", nil),
        ("[2261-12-31 23:59:59] x", "2261-12-31 23:59:59.000"), ("[2262-01-01 00:00:00] x", nil),
        ("[Fri Dec 31 23:59:59 9999] x", nil),
        ("  4%|#  | 1/23 [00:07<02:39,  7.23s/it]", nil), ("at 05:06:07 something", nil),
        ("[2026-13-04 05:06:07] x", nil), ("[2026-03-04 25:06:07] x", nil), ("", nil), ("[", nil), (":::::::::", nil),
    ]

    @Test("every engine's form is read", arguments: rows.indices)
    func forms(_ index: Int) {
        let (line, text) = Self.rows[index]
        let boot = LogInstant(nanoseconds: LogInstant.day(year: 2026, month: 3, date: 1) * LogInstant.day)
        let summer = LogInstant(nanoseconds: LogInstant.day(year: 2024, month: 8, date: 1) * LogInstant.day)
        let stamp = LogStamp.read(Substring(line).utf8.span)
        #expect(stamp?.instant(around: summer, boot: boot)?.text == text, "\(line)")
    }

    @Test("a time without a year is of the year by which it comes nearest")
    func nearest() {
        let newYear = LogInstant(nanoseconds: LogInstant.day(year: 2026, month: 1, date: 1) * LogInstant.day)
        func text(_ line: Substring) -> String? {
            LogStamp.read(line.utf8.span)?.instant(around: newYear, boot: nil)?.text
        }
        #expect(text("INFO 12-31 23:59:58 x") == "2025-12-31 23:59:58.000")
        #expect(text("INFO 01-01 00:00:03 x") == "2026-01-01 00:00:03.000")
    }

    @Test("the time between two lines, over midnight and the turn of a year")
    func lag() {
        func lag(_ earlier: Substring, _ later: Substring) -> Int? {
            guard let from = LogStamp.read(earlier.utf8.span) else { return nil }
            return LogStamp.read(later.utf8.span)?.lag(behind: from)
        }
        #expect(lag("[2026-03-04 23:59:59] x", "[2026-03-05 00:00:01] x") == 2_000_000_000)
        #expect(lag("INFO 12-31 23:59:58 x", "INFO 01-01 00:00:03 x") == 5_000_000_000)
        #expect(lag("INFO 12-31 23:59:58 x", "[2027-01-01 00:00:03] x") == 5_000_000_000)
        #expect(lag("[   12.500000] x", "[   13.000000] x") == 500_000_000)
        #expect(lag("[   12.500000] x", "[2026-03-05 00:00:01] x") == nil)
    }

    @Test("no line traps, whatever it holds")
    func fuzz() {
        var random = SeededRandom(seed: 7)
        let seeds = Self.rows.map { Array($0.0.utf8) }
        let bytes = Array("0123456789-:.,+TZ[] ]EWJanMar".utf8)
        var read = 0
        for _ in 0..<100_000 {
            var line = seeds[Int.random(in: 0..<seeds.count, using: &random)]
            for _ in 0..<Int.random(in: 0...6, using: &random) where !line.isEmpty {
                line[Int.random(in: 0..<line.count, using: &random)] =
                    bytes[Int.random(in: 0..<bytes.count, using: &random)]
            }
            guard let stamp = LogStamp.read(line.span) else { continue }
            read += 1
            for near in [LogInstant.unknownYear, LogInstant(nanoseconds: .min), LogInstant(nanoseconds: .max)] {
                _ = stamp.instant(around: near, boot: near)
                _ = stamp.lag(behind: LogStamp(date: .sinceBoot, nanoseconds: 0))
            }
        }
        #expect(read > 15_000)
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
