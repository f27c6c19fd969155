import MusterEngines
import MusterPlan
import MusterSpec

/// What a node's kernel has said since it started.
struct KernelLog: Sendable {
    let said: [String]
    /// Why it could not be read.
    let refusal: RuntimeError?

    /// The lines from a moment of the node's clock on; all of them where it is not known when that was.
    ///
    /// - Parameters:
    ///   - moment: On the node's clock.
    ///   - boot: When the node started, on the same clock.
    /// - Returns: The lines with a time from then on, and those without one.
    func lines(since moment: LogInstant?, boot: LogInstant) -> [String] {
        guard let moment else { return said }
        return said.filter { line in
            guard let mark = line.firstIndex(of: "]"), line.first == "[",
                let uptime = NodeClock.nanoseconds(line[line.index(after: line.startIndex)..<mark].drop { $0 == " " })
            else { return true }
            return boot.moved(by: .nanoseconds(uptime)) >= moment
        }
    }
}

extension NodeLink {
    func kernel() async throws(RuntimeError) -> KernelLog {
        let reply = try await call(["kernel"], deadline: .seconds(60))
        let said = reply.records.filter { $0.word == "said" }.compactMap { $0.fields(1).map { String($0[0]) } }
        let isRead = reply.end == .ok
        return KernelLog(
            said: said,
            refusal: isRead ? nil : RuntimeError(reply.end, doing: "read the kernel's log", node: node.name)
        )
    }
}
