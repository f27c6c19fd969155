/// Docker or what stands for it, and the image that was asked for.
package struct ContainerRuntime: Hashable, Sendable {
    /// `nvidia`, `runc`.
    package var runtimes: [String] = []
    /// Where images lie.
    package var root: String?
    package var version: String?
    /// The image, where it is not there.
    package var missingImage: String?
    package var imageID: String?
    /// `registry/name@sha256:...`: what must be equal on all nodes.
    package var imageDigests: [String] = []

    package init() {}
}
