package import MusterSpec

/// What is known of the deployment whose logs are read.
package struct FailureSetting: Sendable {
    /// In whose words keys are named; SGLang's where it is not known.
    package var engine: EngineSpec.Kind?
    /// What is printed by other releases alone is meant only where nothing else fits.
    package var version: EngineVersion?
    /// Whether its engines run in containers.
    package var hasContainers: Bool?

    package init(_ engine: EngineSpec.Kind? = nil, _ version: EngineVersion? = nil, hasContainers: Bool? = nil) {
        self.engine = engine
        self.version = version
        self.hasContainers = hasContainers
    }

    package init(_ spec: ClusterSpec) {
        self.init(spec.engine.kind.value, spec.engine.version.value, hasContainers: spec.runtime != .process)
    }

    func canPrint(_ signature: FailureSignature) -> Bool {
        guard let engine, let version else { return true }
        return signature.applies(to: engine, version)
    }
}
