import MusterRuntime
import MusterTerminal

/// The status of a deployment as text: that of its one replica, or what all of them come to and then each.
struct DeploymentStatusView {
    let status: DeploymentStatus
    /// The lines of the daemon that keeps the deployment, where one does.
    var kept: [String] = []
    let width: Int
    let style: Style

    func lines(ranks: Bool) -> [String] {
        let replicas = status.replicas
        guard replicas.count > 1, let first = replicas.first else {
            return replicas.flatMap {
                StatusView(status: $0, kept: kept, width: width, style: style).lines(ranks: ranks)
            }
        }
        let serving = replicas.count(where: \.isHealthy)
        let sum = "serving \(serving)/\(replicas.count) replicas"
        let heading =
            "\(style.strong(first.name))  \(first.engine) \(first.engineVersion)  "
            + (serving == replicas.count ? style.good(sum) : style.doubtful(sum))
        return [heading] + kept
            + replicas.enumerated().flatMap { index, replica in
                let view = StatusView(
                    status: replica,
                    replica: index,
                    showsOwner: kept.isEmpty,
                    width: width,
                    style: style
                )
                return [""] + view.lines(ranks: ranks)
            }
    }
}
