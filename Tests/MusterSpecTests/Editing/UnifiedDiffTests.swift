import MusterSpec
import Testing

@Suite("Unified diff")
struct UnifiedDiffTests {
    private func text(_ lines: ClosedRange<Int>, _ change: (inout [String]) -> Void = { _ in }) -> String {
        var texts = lines.map { "line \($0)" }
        change(&texts)
        return texts.joined(separator: "\n") + "\n"
    }

    @Test("three lines around each change, changes near each other in one hunk")
    func hunks() {
        let new = text(1...20) { lines in
            lines[1] = "second"
            lines[5] = "sixth"
            lines.remove(at: 15)
        }
        #expect(
            UnifiedDiff.text(old: text(1...20), new: new, name: "/etc/cluster.yaml") == """
                --- a/etc/cluster.yaml
                +++ b/etc/cluster.yaml
                @@ -1,9 +1,9 @@
                 line 1
                -line 2
                +second
                 line 3
                 line 4
                 line 5
                -line 6
                +sixth
                 line 7
                 line 8
                 line 9
                @@ -13,7 +13,6 @@
                 line 13
                 line 14
                 line 15
                -line 16
                 line 17
                 line 18
                 line 19

                """
        )
    }

    @Test("equal texts have no difference; empty ones are counted from line 0")
    func edges() {
        #expect(UnifiedDiff.text(old: "a\n", new: "a\n", name: "f") == "")
        #expect(UnifiedDiff.text(old: "", new: "a\n", name: "f") == "--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+a\n")
        #expect(UnifiedDiff.text(old: "a\n", new: "", name: "f") == "--- a/f\n+++ b/f\n@@ -1 +0,0 @@\n-a\n")
    }

    @Test("a last line without LF is told, and CRLF stays in the line")
    func ends() {
        #expect(
            UnifiedDiff.text(old: "a\nb", new: "a\nb\n", name: "f")
                == "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"
        )
        #expect(
            UnifiedDiff.text(old: "a\nb", new: "c\nb", name: "f")
                == "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-a\n+c\n b\n\\ No newline at end of file\n"
        )
        #expect(
            UnifiedDiff.text(old: "a\r\nb\r\n", new: "c\r\nb\r\n", name: "f")
                == "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-a\r\n+c\r\n b\r\n"
        )
    }
}
