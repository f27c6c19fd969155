import Foundation
import MusterSpec
import MusterTesting
import Testing

@testable import MusterDoctor

/// The program that tries the ways, between addresses of this machine.
@Suite("The program that reaches")
struct ReachProgramTests {
    /// Runs the program $1 of $2 bytes at the address $3, orders it to reach the peer at $4 once it listens, and closes
    /// its input when it is done. The peer is the same program, or a listener that the rest of the words run; either
    /// prints its port.
    private static let script = """
        trap '' PIPE
        program=$1 size=$2 own=$3 peer=$4; shift 4
        starter='import sys; exec(sys.stdin.read(int(sys.argv[1])))'
        listening() { while ! grep -q "$2" "$1"; do kill -0 "$3" 2>/dev/null || break; sleep 0.02; done; }
        mkfifo in there || exit 1
        if [ $# -eq 0 ]; then
            python3 -B -c "$starter" "$size" p "$peer" 0 <there >heard 2>&1 & other=$!
            exec 4>there; cat "$program" >&4
        else
            "$@" >heard 2>&1 & other=$!
        fi
        listening heard '^@@p listening' "$other"
        port=$(sed -n 's/^@@p listening \\([0-9]*\\).*/\\1/p' heard)
        python3 -B -c "$starter" "$size" n "$own" 0 <in >out 2>&1 & pid=$!
        exec 3>in; cat "$program" >&3
        listening out '^@@n listening' "$pid"
        printf 'peer 7 %s %s 0\\ngo\\n' "$peer" "$port" >&3
        listening out '^@@n done' "$pid"
        exec 3>&- 4>&-; wait "$pid"; kill "$other" 2>/dev/null; wait "$other" 2>/dev/null; cat out
        """

    private func reach(
        _ peer: String,
        from own: String = "127.0.0.1",
        _ listener: [String] = []
    ) async throws
        -> ReachAnswer
    {
        try await withScratch { scratch in
            let program = Repository.root.appending(path: "Sources/CNodeScript/reach.py")
            let size = try Data(contentsOf: program).count
            var command = LocalCommand(["sh", "-c", Self.script, "sh", program.path, "\(size)", own, peer] + listener)
            command.directory = scratch.path
            return ReachAnswer(try await command.run().stdout, nonce: "n")
        }
    }

    /// A listener that takes one connection, reads a little or nothing, and ends it in its own way.
    private static func listener(_ end: String) -> [String] {
        let program = """
            import socket, struct, sys, time
            listener = socket.socket()
            listener.bind(("127.0.0.2", 0))
            listener.listen(8)
            sys.stdout.write("@@p listening %d -\\n" % listener.getsockname()[1])
            sys.stdout.flush()
            peer, _ = listener.accept()
            \(end)
            time.sleep(60)
            """
        return ["python3", "-B", "-c", program]
    }

    @Test("two nodes that reach each other: the port is open, and full packets pass")
    func open() async throws {
        let answer = try await reach("127.0.0.2")
        #expect(answer.isDone && answer.ephemeralPort != nil)
        #expect(answer.outcomes[7]?.ephemeral == .value(.open))
        // The loopback interface takes 64 KiB; elsewhere it may have been told otherwise.
        guard case .value(.passed(let size))? = answer.outcomes[7]?.packets else {
            Issue.record("\(String(describing: answer.outcomes[7]))")
            return
        }
        #expect(size >= 1280)
    }

    @Test("a peer that resets the connection, or closes it, says nothing of packets")
    func gone() async throws {
        let reset =
            "peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); peer.recv(1); peer.close()"
        for end in [reset, "peer.recv(65536); peer.shutdown(socket.SHUT_WR)"] {
            let answer = try await reach("127.0.0.2", Self.listener(end))
            #expect(answer.outcomes[7]?.ephemeral == .value(.open), "\(end)")
            #expect(answer.outcomes[7]?.packets == .notAsked, "\(end)")
        }
    }

    @Test("a peer that takes nothing in time: what was sent is lost")
    func silent() async throws {
        let answer = try await reach("127.0.0.2", Self.listener("pass"))
        #expect(answer.outcomes[7]?.ephemeral == .value(.open))
        switch answer.outcomes[7]?.packets {
        case .value(.lost)?, .value(.tooLong)?: break
        default: Issue.record("\(String(describing: answer.outcomes[7]))")
        }
    }

    @Test("an address that is not this machine's cannot be listened on")
    func elsewhere() async throws {
        let answer = try await reach("127.0.0.2", from: "192.0.2.1", ["sh", "-c", "echo '@@p listening 9 -'"])
        #expect(answer.failure == "Cannot assign requested address" && answer.ephemeralPort == nil)
    }

    @Test("it needs no newer Python than nodes have, and is plain ASCII")
    func source() async throws { try await PythonSource("Sources/CNodeScript/reach.py").expect(minor: 6) }
}
