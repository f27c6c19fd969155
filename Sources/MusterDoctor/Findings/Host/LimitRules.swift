import MusterSpec

/// What the login session allows its processes. Limits of a shell say nothing about other kinds of session, so these
/// are those of the session that starts units.
enum LimitRules {
    static let all: [ClusterRule] = [Rules.each(lockedMemory), Rules.each(openFiles)]

    /// RDMA registers its buffers in locked memory; 64 KiB and 8 MiB are what was behind `ENOMEM` (nccl-tests#206).
    static let lockedMemoryEnough = ByteCount.gibibytes(1)

    static func lockedMemory(_ node: ExaminedNode) -> [Finding] {
        guard let limit = node.inventory.limits.value?.lockedMemory, case .limit(let bytes) = limit.soft,
            bytes < lockedMemoryEnough.bytes, node.wantsRDMA || !node.usedPorts.isEmpty
        else { return [] }
        return [
            node.finding(
                .lockedMemoryLimited,
                on: "memlock",
                "too little memory may be locked for RDMA",
                measured: Amount.text(ByteCount(bytes: bytes)),
                expected: "unlimited",
                change: "add `* - memlock unlimited` to `/etc/security/limits.conf`, or `LimitMEMLOCK=infinity` to the "
                    + "service that starts sessions, then log in anew"
            )
        ]
    }

    /// What both engines raise their own limit to, as far as the hard limit lets them.
    static let openFilesWanted = 65535
    /// With so few an engine fails under load (vllm#7920).
    static let openFilesTooFew = 4096

    static func openFiles(_ node: ExaminedNode) -> [Finding] {
        guard let limit = node.inventory.limits.value?.openFiles, case .limit(let count) = limit.hard ?? limit.soft,
            count < openFilesWanted
        else { return [] }
        return [
            node.finding(
                .openFilesLow,
                count <= openFilesTooFew ? .error : .warning,
                on: "nofile",
                "few files may be open at once",
                measured: "\(count)" + (limit.hard == nil ? "" : " (hard limit)"),
                expected: "\(openFilesWanted) or more",
                change: "add `* - nofile 1048576` to `/etc/security/limits.conf`, then log in anew"
            )
        ]
    }
}
