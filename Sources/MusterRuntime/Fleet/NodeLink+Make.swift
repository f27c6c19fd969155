import Logging
package import MusterPlan
import MusterSSH

extension NodeLink {
    /// A link that resolves its target when it is opened and connects on the shared loops.
    package static func make(_ node: PlannedNode, resolver: TargetResolver) -> NodeLink {
        NodeLink(node) { () async throws(RuntimeError) -> any NodeConnection in
            let target = try await resolver.target(for: node)
            do throws(SSHError) {
                return try await SSHConnection.connect(to: target)
            } catch {
                throw RuntimeError(error, node: node.name)
            }
        }
    }
}
