import MusterTesting
import Testing

@Suite("Habits of the sources")
struct HabitTests {
    private static let sources = Repository.files(below: "Sources", "swift")

    @Test("no file is longer than 700 lines, and half of them than 120")
    func length() throws {
        let lengths = try Self.sources.map { path in
            (
                path: path,
                lines: try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false).count
            )
        }
        for file in lengths { #expect(file.lines <= 700, "\(file.path) has \(file.lines) lines") }
        let median = lengths.map(\.lines).sorted()[lengths.count / 2]
        #expect(median <= 120)
    }

    @Test("nothing traps by convenience")
    func traps() throws {
        for path in Self.sources {
            let lines = try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() where !line.drop(while: { $0 == " " }).hasPrefix("//") {
                for word in ["try!", "fatalError(", " as! "] {
                    #expect(!line.contains(word), "\(path):\(index + 1) has `\(word)`")
                }
            }
        }
    }

    @Test("no file is only a place kept")
    func placeholders() {
        #expect(!Self.sources.contains { $0.lowercased().hasSuffix("placeholder.swift") })
    }

    @Test("no line is wider than 120 columns, no tab, no space at its end")
    func lines() throws {
        for path in Self.sources + Repository.files(below: "Tests", "swift") {
            let lines = try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() {
                #expect(!line.contains("\t") && line.last != " ", "\(path):\(index + 1)")
            }
        }
    }

    @Test("the top level holds what it should and nothing else")
    func topLevel() throws {
        let folders = ["Sources", "Tests", "Configs"]
        for folder in folders { #expect(!Repository.files(below: folder, "swift", "yaml").isEmpty, "\(folder)") }
    }
}
