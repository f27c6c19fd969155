import MusterEngines
import MusterPlan
import MusterSpec
import MusterSupervision

/// One node of a deployment that is watched: the way there, and the channel that is kept open.
struct Member: Sendable {
    let name: String
    let link: NodeLink
    let follower: NodeFollower
    /// Raised when the node is no longer of the deployment.
    let leaves: Interrupts

    init(_ node: PlannedNode, link: NodeLink, _ deployment: DeploymentName, owner: String, _ plan: LaunchPlan) {
        name = node.name
        self.link = link
        leaves = Interrupts()
        var manner = NodeFollower.Manner()
        manner.silence = plan.health.suspectAfter
        // Enough for every line a start prints; a flood is skipped.
        manner.backlog = 4 << 20
        follower = NodeFollower(
            plan.units.first { $0.node.name == node.name }?.nodeRank ?? NodeRank(0),
            link: link,
            deployment: deployment,
            owner: owner,
            engine: plan.knowledge,
            manner: manner
        )
    }

    /// Follows the node until it leaves, or the task is cancelled.
    func run(_ tell: @escaping @Sendable (NodeFollower.Event) -> Void) async {
        // The only thing thrown is the cancellation that ends it.
        _ = try? await leaves.cancelling { await follower.run(tell) }
        await follower.quit()
        await link.close()
    }
}
