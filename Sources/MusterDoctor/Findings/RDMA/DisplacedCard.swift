/// An RDMA card that sits elsewhere than on the other nodes.
package struct DisplacedCard: Hashable, Sendable {
    package let node: String
    /// Its devices in the order of their names.
    package let hcas: [String]
    /// Indices of the GPUs that are nearest to the card's place on the other nodes.
    package let usualGPUs: [Int]
    package let usualDistance: Distance
    /// The place on the first of the other nodes; nothing where sysfs was not read.
    package let usualPath: PCIPath?
    /// The nodes that have a card there.
    package let usualNodes: [String]
}
