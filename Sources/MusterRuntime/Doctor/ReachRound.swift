package import MusterDoctor
import MusterSSH
import MusterSpec

/// The second round: all nodes listen, then each connects to all others.
package enum ReachRound {
    /// A node that takes part: its place, its link, and the interpreter there.
    package struct Party: Sendable {
        let endpoint: ReachEndpoint
        let link: NodeLink
        let python: Known<String>
    }

    /// What each node found out.
    ///
    /// - Parameters:
    ///   - parties: Who takes part, numbered by position.
    ///   - limit: How long each half may take.
    /// - Returns: By node; the reason, for one that could not take part.
    package static func run(_ parties: [Party], limit: Duration) async -> [String: Known<ReachAnswer>] {
        let listening = await FanOut.map(parties) { await Listening.open($0, limit: limit) }
        // Why one does not listen is its answer below.
        let ports = listening.map { try? $0.get() }
        let answers = await FanOut.map(Array(listening.enumerated())) { number, outcome -> Known<ReachAnswer> in
            switch outcome {
            case .success(let own): .value(await own.reach(others(of: number, parties, ports), limit: limit))
            case .failure(let reason): .unknown(reason.text)
            }
        }
        // Only now may the first stop listening.
        _ = await FanOut.map(ports.compactMap { $0 }) { await $0.close() }
        return Dictionary(
            zip(parties.map(\.endpoint.node), answers),
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// `peer NUMBER ADDRESS EPHEMERAL RENDEZVOUS` for each other node that listens.
    private static func others(
        of number: Int,
        _ parties: [Party],
        _ listening: [Listening?]
    ) -> String {
        let own = parties[number].endpoint
        var lines = ""
        for (number, peer) in parties.enumerated() where own.peers.contains(peer.endpoint.node) {
            guard let there = listening[number], let port = there.ports.ephemeralPort else { continue }
            let rendezvous = there.ports.rendezvous.value == true ? peer.endpoint.rendezvous.value : 0
            lines += "peer \(number) \(peer.endpoint.address) \(port) \(rendezvous)\n"
        }
        return lines + "go\n"
    }
}

/// A node that listens.
private struct Listening: Sendable {
    struct Reason: Error { let text: String }

    let channel: any NodeChannel
    let nonce: String
    let ports: ReachAnswer

    static func open(_ party: ReachRound.Party, limit: Duration) async -> Result<Listening, Reason> {
        switch party.python {
        case .unknown(let reason): return .failure(Reason(text: reason))
        case .value(let python):
            do throws(RuntimeError) {
                return try await open(party, python, limit)
            } catch {
                return .failure(Reason(text: error.message))
            }
        }
    }

    private static func open(
        _ party: ReachRound.Party,
        _ python: String,
        _ limit: Duration
    ) async throws(RuntimeError) -> Result<Listening, Reason> {
        let nonce = "r\(UInt64.random(in: .min ... .max))"
        // The program comes over the standard input, and what comes behind it are orders.
        let argv = [
            "exec", python, "-B", "-c", "import sys; exec(sys.stdin.read(int(sys.argv[1])))",
            "\(ProbeScript.reach.count)", nonce, party.endpoint.address.text, "\(party.endpoint.rendezvous)",
        ]
        let connection = try await party.link.live()
        do throws(SSHError) {
            let channel = try await connection.start(ShellQuoting.command(argv))
            try await channel.write(ProbeScript.reach)
            let (output, _) = await channel.answer(within: limit) { output in
                let answer = ReachAnswer(output, nonce: nonce)
                return answer.ephemeralPort != nil || answer.failure != nil
            }
            let ports = ReachAnswer(output, nonce: nonce)
            guard ports.ephemeralPort != nil else {
                await channel.close()
                return .failure(Reason(text: ports.failure ?? "\(python) did not answer"))
            }
            return .success(Listening(channel: channel, nonce: nonce, ports: ports))
        } catch {
            throw RuntimeError(error, node: party.endpoint.node)
        }
    }

    func reach(_ orders: String, limit: Duration) async -> ReachAnswer {
        // A connection that is gone gives no outcome, which says it.
        try? await channel.write(Array(orders.utf8))
        let nonce = nonce
        let (output, _) = await channel.answer(within: limit) { ReachAnswer($0, nonce: nonce).isDone }
        return ReachAnswer(output, nonce: nonce)
    }

    func close() async {
        // A connection that is gone has nobody left to tell, and the program there ends by itself.
        try? await channel.finishInput()
        await channel.close()
    }
}
