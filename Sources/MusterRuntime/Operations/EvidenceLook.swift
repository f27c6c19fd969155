import MusterEngines
import MusterPlan
import MusterSpec

/// What nodes have of a deployment that tells its story: logs, scripts as they were launched, the kernels' words.
package struct EvidenceLook: Sendable {
    /// A file for the archive.
    package struct File: Sendable {
        package var path: String
        package var text: String

        package init(_ path: String, _ text: String) {
            self.path = path
            self.text = text
        }
    }

    package var files: [File] = []
    /// What could not be read, and why.
    package var unread: [RuntimeError] = []

    package init() {}

    /// The most of a log that is taken, from its end.
    private static let longestLog = 16 << 20

    /// Reads what the nodes have of every unit's newest run and of the generation that failed, or of one generation.
    ///
    /// - Parameters:
    ///   - fleet: The nodes, as far as they are connected.
    ///   - generation: Which; nothing for the newest one of each unit and the one that an answer is about.
    ///   - vault: Takes the values of secrets that nodes have, so that they can be masked.
    /// - Returns: Files with the names of nodes in their paths, not masked yet.
    package static func take(at fleet: Fleet, _ generation: Int?, _ vault: SecretVault) async -> EvidenceLook {
        let plan = fleet.plan
        let observed = await fleet.observe()
        let failed = observed.failedGeneration
        var look = EvidenceLook()
        look.unread = observed.unreachable.map(\.error)
        let parts = await fleet.each { link, unit async throws(RuntimeError) -> EvidenceLook in
            guard case .success(let status)? = observed.nodes[unit.nodeRank] else { return EvidenceLook() }
            let runs = status.units.filter { $0.nodeRank == unit.nodeRank }
            let wanted = generation.map { [$0] } ?? [runs.first?.generation, failed].compactMap(\.self)
            let kept = runs.filter { wanted.contains($0.generation) }
                .map { UnitKey(generation: $0.generation, nodeRank: unit.nodeRank) }
            return kept.isEmpty ? EvidenceLook() : await read(kept, unit, plan, link, vault)
        }
        for (_, part) in parts {
            switch part {
            case .success(let part):
                look.files += part.files
                look.unread += part.unread
            case .failure(let error): look.unread.append(error)
            }
        }
        return look
    }

    private static func read(
        _ keys: [UnitKey],
        _ unit: UnitPlan,
        _ plan: LaunchPlan,
        _ link: NodeLink,
        _ vault: SecretVault
    ) async -> EvidenceLook {
        var look = EvidenceLook()
        let place = "nodes/\(unit.node.name.replacing("/", with: "_"))"
        func piece(_ file: String, of key: UnitKey, _ limit: Int) async throws(RuntimeError) -> [UInt8]? {
            var bytes: [UInt8]?
            var offset = -limit
            while let piece = try await link.read(
                file,
                of: key,
                in: plan.name,
                offset: offset,
                limit: min(LogReader.piece, limit)
            ), bytes == nil || !piece.bytes.isEmpty, (bytes?.count ?? 0) < limit {
                bytes = (bytes ?? []) + piece.bytes
                offset = piece.offset + piece.bytes.count
                if offset >= piece.total { break }
            }
            return bytes
        }
        // What was read stays, whatever the next file says.
        do throws(RuntimeError) {
            for key in keys {
                if let env = try await piece("env", of: key, 1 << 20) { vault.put(SecretVault.parse(env)) }
                for (file, limit) in [("launch.sh", 1 << 20), ("exit", 4096), ("identity", 4096), ("log", longestLog)] {
                    guard let bytes = try await piece(file, of: key, limit) else { continue }
                    let text = String(decoding: bytes, as: UTF8.self)
                    look.files.append(File("\(place)/g\(key.generation)/\(file)", text))
                }
            }
            let kernel = try await link.kernel()
            let said = kernel.refusal.map { [$0.message] } ?? kernel.said
            look.files.append(File("\(place)/kernel.log", said.map { $0 + "\n" }.joined()))
        } catch {
            look.unread.append(error)
        }
        return look
    }
}
