package import MusterPlan
package import MusterSpec
package import MusterSupervision

/// A cluster file a deployment is kept from.
package struct DeployedFile: Sendable {
    package let plans: [LaunchPlan]
    package let reference: FileReference
    package let bytes: [UInt8]
    private let builders: [PlanBuilder]

    /// - Parameters:
    ///   - bytes: The file.
    ///   - path: What the person called it.
    ///   - world: What checks may ask.
    /// - Returns: The file, or what is wrong with it.
    package static func read(_ bytes: [UInt8], path: String, world: SpecWorld) -> Result<DeployedFile, InvalidFile> {
        let checked = CheckedFile(ClusterFile(bytes: bytes, name: path, world: world))
        guard !checked.plans.isEmpty, let spec = checked.spec else { return .failure(InvalidFile(checked: checked)) }
        return .success(
            DeployedFile(
                plans: checked.plans,
                reference: FileReference(hash: Digest(of: bytes).hex, path: path),
                bytes: bytes,
                builders: PlanBuilder.replicas(of: spec)
            )
        )
    }

    /// The plan of a replica with spares in the place of nodes.
    package var replan: @Sendable (Int, [String: String]) -> LaunchPlan? {
        { [builders] index, substitutes in
            builders.indices.contains(index) ? builders[index].build(replacing: substitutes) : nil
        }
    }
}

/// A cluster file that cannot be used, with what is wrong with it.
package struct InvalidFile: Error, Sendable {
    package let checked: CheckedFile
}
