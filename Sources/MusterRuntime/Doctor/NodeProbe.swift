import Glibc
package import MusterDoctor
import MusterPlan
import MusterSSH
import MusterSpec

/// One look at one node.
package enum NodeProbe {
    /// What a node said, and when.
    package struct Answer: Sendable {
        package let document: InventoryDocument
        /// The interpreter of the node itself, which a container's engine is not.
        package let python: Known<String>
    }

    /// Asks a node, and where there are containers a container beside it.
    ///
    /// - Parameters:
    ///   - site: What to ask.
    ///   - link: An open link of the site's node.
    ///   - limit: How long to wait. What has come by then is the answer: a driver that hangs takes its own lane only.
    /// - Returns: What came.
    /// - Throws: When nothing came at all.
    package static func ask(
        _ site: ProbeSite,
        over link: NodeLink,
        limit: Duration
    ) async throws(RuntimeError) -> Answer {
        let asked = now()
        async let inner = inside(site, link, limit)
        let outer = try await answer(site.host, over: link, limit: limit).get()
        let times = ProbeTimes(asked: asked, answered: outer.answered)
        let own = InventoryDocument(node: site.node.name, answer: outer.answer, times: times)
        let whole: ProbeAnswer? =
            switch await inner {
            case .success(let inner)?: outer.answer.insideContainer(inner.answer, orElse: inner.complaint)
            case .failure(let error)?: outer.answer.insideContainer(.init([], nonce: "-"), orElse: error.message)
            case nil: nil
            }
        return Answer(
            document: whole.map { InventoryDocument(node: site.node.name, answer: $0, times: times) } ?? own,
            python: own.inventory.software.map(\.executable)
        )
    }

    private static func inside(
        _ site: ProbeSite,
        _ link: NodeLink,
        _ limit: Duration
    ) async -> Result<Part, RuntimeError>? {
        guard let request = site.container else { return nil }
        return await answer(request, over: link, limit: limit)
    }

    private struct Part: Sendable {
        let answer: ProbeAnswer
        let answered: Double
        /// What came instead of an answer.
        let complaint: String?
    }

    private static func answer(
        _ request: ProbeRequest,
        over link: NodeLink,
        limit: Duration
    ) async -> Result<Part, RuntimeError> {
        let nonce = "p\(UInt64.random(in: .min ... .max))"
        do throws(RuntimeError) {
            let output = try await output(of: request.command(nonce: nonce), over: link, limit: limit, nonce)
            let answer = ProbeAnswer(output, nonce: nonce)
            guard answer.sections.isEmpty else {
                return .success(Part(answer: answer, answered: now(), complaint: nil))
            }
            let said = String(decoding: output.suffix(2048), as: UTF8.self)
                .split(whereSeparator: \.isNewline).suffix(4).map(String.init)
            guard request.container == nil else {
                return .success(Part(answer: answer, answered: now(), complaint: said.last ?? "no answer"))
            }
            return .failure(
                RuntimeError(
                    .nodeScriptFailed,
                    "the probe gave no answer",
                    node: link.node.name,
                    details: said,
                    hint: "check that `ssh \(link.node.host) sh -c true` works and prints nothing"
                )
            )
        } catch {
            return .failure(error)
        }
    }

    private static func output(
        of argv: [String],
        over link: NodeLink,
        limit: Duration,
        _ nonce: String
    ) async throws(RuntimeError) -> [UInt8] {
        let connection = try await link.live()
        let end = Array("\n@@\(nonce) done\n".utf8)
        do throws(SSHError) {
            let channel = try await connection.start(ShellQuoting.command(["exec"] + argv))
            try await channel.write(ProbeScript.bytes)
            try await channel.finishInput()
            let (output, error) = await channel.answer(within: limit) { $0.suffix(end.count).elementsEqual(end) }
            await channel.close()
            // What came before the connection went is an answer, too.
            if let error, output.isEmpty { throw error }
            return output
        } catch {
            throw RuntimeError(error, node: link.node.name)
        }
    }

    /// By this machine's clock, in seconds since 1970.
    private static func now() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }
}
