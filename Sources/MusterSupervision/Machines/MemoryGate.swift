/// What a node says about the memory of its GPUs.
package enum MemoryReading: Hashable, Sendable {
    /// One process on one GPU.
    package struct Holder: Hashable, Sendable {
        package var pid: Int
        /// Nothing where the driver does not say.
        package var mebibytes: Int?
        /// Whether it provably belongs to this deployment.
        package var isOurs: Bool
        package var title: String

        package init(pid: Int, mebibytes: Int?, isOurs: Bool, title: String) {
            self.pid = pid
            self.mebibytes = mebibytes
            self.isOurs = isOurs
            self.title = title
        }
    }

    /// MiB in use and MiB in all, by GPU index, and who holds them.
    case gpus(used: [Int], total: [Int], holders: [Holder])
    /// There is nothing to measure with.
    case unmeasured(String)
}

/// Whether GPUs have their memory back, by what was measured before the first launch.
enum MemoryGate {
    /// A driver keeps a little more after the first context than before it.
    private static let slack = 512

    /// What stands in the way of a launch on one node; nothing when memory is back.
    static func obstacle(_ reading: MemoryReading, baseline: [Int]?, node: String) -> String? {
        guard case .gpus(let used, let total, let holders) = reading else { return nil }
        if let ours = holders.first(where: \.isOurs) {
            return "pid \(ours.pid) (\(ours.title)) of an earlier launch still holds GPU memory on \(node)"
        }
        guard let baseline, baseline.count == used.count else { return nil }
        for (index, mebibytes) in used.enumerated() {
            let allowed = baseline[index] + max(slack, total.indices.contains(index) ? total[index] / 50 : 0)
            guard mebibytes > allowed else { continue }
            let largest = holders.max { ($0.mebibytes ?? 0) < ($1.mebibytes ?? 0) }
            let who = largest.map { "; pid \($0.pid) (\($0.title)), which is not known to be ours, holds some" } ?? ""
            return
                "GPU \(index) on \(node) has \(mebibytes) MiB in use, \(baseline[index]) before the first launch\(who)"
        }
        return nil
    }
}
