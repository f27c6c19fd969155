import MusterSSH
import MusterSpec
import Testing

@testable import MusterRuntime

/// A program at the other end that says what it is told to.
private actor ScriptedChannel: NodeChannel {
    enum Step {
        case says(String)
        case fails(SSHError)
        /// Nothing more, and no end either, until the channel is closed.
        case hangs
    }

    private var steps: [Step]
    private(set) var isClosed = false
    private var reader: CheckedContinuation<Void, Never>?

    init(_ steps: [Step]) { self.steps = steps }

    func read() async throws(SSHError) -> [UInt8]? {
        guard !steps.isEmpty else { return nil }
        switch steps.removeFirst() {
        case .says(let text): return Array(text.utf8)
        case .fails(let error): throw error
        case .hangs:
            if !isClosed { await withCheckedContinuation { reader = $0 } }
            throw SSHError(.connectionLost, "the channel is closed", target: "gpu-1")
        }
    }

    func write(_: [UInt8]) async throws(SSHError) {}
    func finishInput() async throws(SSHError) {}
    func close() async {
        isClosed = true
        reader?.resume()
        reader = nil
    }
}

@Suite("Waiting for a program's answer")
struct NodeChannelTests {
    private func answer(
        _ steps: [ScriptedChannel.Step],
        within limit: Duration = .seconds(60),
        largest: Int = 1000
    ) async -> (text: String, error: SSHError?, isClosed: Bool) {
        let channel = ScriptedChannel(steps)
        let (bytes, error) = await channel.answer(within: limit, largest: largest) { $0.last == UInt8(ascii: ".") }
        return (String(decoding: bytes, as: UTF8.self), error, await channel.isClosed)
    }

    @Test("it ends with enough, and what comes behind is left")
    func enough() async {
        let answer = await answer([.says("a"), .says("b."), .says("c.")])
        #expect(answer.text == "ab." && answer.error?.code == nil && !answer.isClosed)
    }

    @Test("it ends with the program, whatever it has said")
    func end() async {
        let answer = await answer([.says("a"), .says("b")])
        #expect(answer.text == "ab" && answer.error?.code == nil && !answer.isClosed)
    }

    @Test("a connection that is lost leaves what came before, with the reason")
    func lost() async {
        let error = SSHError(.connectionLost, "the connection was lost", target: "gpu-1")
        let answer = await answer([.says("a"), .fails(error), .says(".")])
        #expect(answer.text == "a" && answer.error?.code == .connectionLost)
    }

    @Test("a program that hangs is given up: the channel is closed, and what came is the answer")
    func hang() async {
        let answer = await answer([.says("a"), .hangs], within: .milliseconds(20))
        #expect(answer.text == "a" && answer.error?.code == .connectionLost && answer.isClosed)
    }

    @Test("a program that has gone astray is heard no longer")
    func endless() async {
        let answer = await answer(Array(repeating: .says(String(repeating: "x", count: 400)), count: 10))
        #expect(answer.text.count == 1200 && answer.error?.code == nil)
    }
}
