import Testing

@testable import MusterRuntime

@Suite("LogTail")
struct LogTailTests {
    @Test("keeps the last lines, oldest first", arguments: [0, 1, 3, 199, 200, 201, 399, 400, 1234])
    func keeps(_ count: Int) {
        var tail = LogTail()
        for number in 0..<count { tail.append("line \(number)") }
        let all = (0..<count).map { "line \($0)" }
        for wanted in [0, 1, 15, 200, 500] { #expect(tail.last(wanted) == all.suffix(min(wanted, LogTail.capacity))) }
    }
}

@Suite("LockOwner")
struct LockOwnerTests {
    @Test("says who, where and what in one word")
    func word() {
        let word = LockOwner.word(user: "alice", host: "laptop", pid: 4711, verb: "up", epoch: 1_764_000_000)
        #expect(word == "alice@laptop:4711:up:1764000000")
        #expect(LockOwner.describe(word) == "alice@laptop, pid 4711, `muster up`")
    }

    @Test(
        "is always a word the node script accepts",
        arguments: [
            ("al ice", "lap/top"), ("ä日本", "h"), ("", ""), ("-rf", "x"), (".x", "y"), ("a'b\"c", "$HOME"),
            ("dom\\user", "h\n"), ("@", ":"),
        ]
    )
    func safe(_ user: String, _ host: String) {
        let word = LockOwner.word(user: user, host: host, pid: 1, verb: "restart", epoch: 2)
        #expect(
            word.utf8.allSatisfy {
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@._:+-".utf8.contains($0)
            }
        )
        #expect(!word.hasPrefix("-") && !word.hasPrefix("."))
    }

    @Test("shows a word it does not know as it is", arguments: ["", "somebody", "a:b"])
    func unknown(_ word: String) { #expect(LockOwner.describe(word) == word) }

    @Test("is described by its parts, whatever the host is called")
    func colons() {
        let word = LockOwner.word(user: "a", host: "fd00::1", pid: 7, verb: "down", epoch: 9)
        #expect(LockOwner.describe(word) == "a@fd00__1, pid 7, `muster down`")
    }
}
