package import MusterDoctor
package import MusterPlan
import MusterSSH
import MusterSpec

/// `muster doctor --deep`: holds the meetings of a course over connections of its own.
package struct BandwidthRun: Sendable {
    /// What happens on the way, for whoever shows it.
    package struct Progress: Sendable {
        package let kind: BandwidthRound.Kind
        package let meetings: Int
    }

    /// How long a meeting may take.
    let limit: Duration
    let report: @Sendable (Progress) -> Void

    /// A node answers a little later than its own limit: an image is started first, and last words come last.
    private static let patience = Duration.seconds(20)

    /// - Parameters:
    ///   - limit: After which a meeting is given up, in whole seconds.
    ///   - report: Hears what happens.
    package init(limit: Duration, report: @escaping @Sendable (Progress) -> Void = { _ in }) {
        self.limit = limit
        self.report = report
    }

    /// Connects to all nodes, measures, and lets go of them. A connection that ends takes what it had started with it.
    ///
    /// - Returns: The course, over, or as far as it came when the task was cancelled.
    package func run(
        _ course: BandwidthCourse,
        link: @escaping @Sendable (PlannedNode) -> NodeLink
    ) async -> BandwidthCourse {
        let links = await FanOut.map(course.gangs.flatMap(\.self)) { member -> (String, NodeLink) in
            let link = link(member.node)
            // Without a connection the meeting says why it has none.
            try? await link.open()
            return (member.name, link)
        }
        let byNode = Dictionary(links, uniquingKeysWith: { first, _ in first })
        var course = course
        while !Task.isCancelled, let (kind, meetings) = course.next() {
            report(Progress(kind: kind, meetings: meetings.count))
            let answers = await FanOut.map(meetings) { await hold($0, byNode) }
            for (members, answers) in zip(meetings, answers) { course.take(kind, members, answers) }
        }
        _ = await FanOut.map(Array(byNode.values)) { await $0.close() }
        return course
    }

    /// One member's part that has begun.
    private struct Part: Sendable {
        let node: String
        let nonce: String
        let channel: any NodeChannel
    }

    private func hold(
        _ members: [BandwidthMember],
        _ links: [String: NodeLink]
    ) async -> [String: Known<BandwidthAnswer>] {
        let begun = await FanOut.map(members) { member -> Result<Part, RuntimeError> in
            do throws(RuntimeError) {
                guard let link = links[member.name] else {
                    throw RuntimeError(.connectionLost, "there is no connection")
                }
                return .success(try await begin(member, in: members, over: link))
            } catch {
                return .failure(error)
            }
        }
        // Why a part has not begun is told below.
        let parts = begun.compactMap { try? $0.get() }
        var answers = await listen(to: parts, isWhole: parts.count == members.count)
        for (member, outcome) in zip(members, begun) {
            if case .failure(let error) = outcome { answers[member.name] = .unknown(error.message) }
        }
        return answers
    }

    private func begin(
        _ member: BandwidthMember,
        in meeting: [BandwidthMember],
        over link: NodeLink
    ) async throws(RuntimeError) -> Part {
        let nonce = "b\(UInt64.random(in: .min ... .max))"
        let program = ProbeScript.bandwidth
        let argv = member.command(in: meeting, programSize: program.count, nonce: nonce, limit: limit)
        let connection = try await link.live()
        do throws(SSHError) {
            let channel = try await connection.start(ShellQuoting.command(["exec"] + argv))
            try await channel.write(program)
            return Part(node: member.name, nonce: nonce, channel: channel)
        } catch {
            throw RuntimeError(error, node: member.name)
        }
    }

    /// Reads what all parts say. When one is over before it is done, the others would wait for it in vain: they are told to
    /// leave, and say how far they came.
    private func listen(to parts: [Part], isWhole: Bool) async -> [String: Known<BandwidthAnswer>] {
        let limit = limit + Self.patience
        return await withTaskGroup(of: (String, Known<BandwidthAnswer>).self) { group in
            for part in parts {
                group.addTask { (part.node, await Self.answer(of: part, within: limit)) }
            }
            func dismiss() async {
                // A channel that is gone has nobody left to tell.
                for part in parts { try? await part.channel.finishInput() }
            }
            if !isWhole { await dismiss() }
            var answers: [String: Known<BandwidthAnswer>] = [:]
            for await (node, answer) in group {
                answers[node] = answer
                if answer.value?.end != .done { await dismiss() }
            }
            // Only now may the first leave: others may have needed its last messages.
            await dismiss()
            for part in parts { await part.channel.close() }
            return answers
        }
    }

    private static func answer(of part: Part, within limit: Duration) async -> Known<BandwidthAnswer> {
        let endings = BandwidthAnswer.endings(nonce: part.nonce)
        let (output, error) = await part.channel.answer(within: limit) { output in
            endings.contains { output.suffix($0.count).elementsEqual($0) }
        }
        let answer = BandwidthAnswer(output, nonce: part.nonce)
        guard answer.isEmpty else { return .value(answer) }
        // Not the program, but whoever should have started it.
        let said = String(decoding: output.suffix(1024), as: UTF8.self).split(whereSeparator: \.isNewline).last
        return .unknown(said.map(String.init) ?? error?.message ?? "no answer")
    }
}
