/// How far apart two PCI devices are, as the legend of `nvidia-smi topo -m` names it; the nearest is the least.
package enum Distance: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// `X`: a device and itself.
    case same
    /// `NV#`: a bonded set of so many NVLinks; more links are nearer.
    case nvlink(Int)
    /// At most one PCIe bridge: the same switch.
    case pix
    /// Several PCIe bridges, no host bridge.
    case pxb
    /// Through a PCIe host bridge, that is the CPU.
    case phb
    /// Between host bridges of one NUMA node.
    case node
    /// Over the link between NUMA nodes.
    case sys

    /// Reads one cell; nothing where it is no distance.
    package init?(_ text: String) {
        switch text {
        case "X": self = .same
        case "PIX": self = .pix
        case "PXB": self = .pxb
        case "PHB": self = .phb
        case "NODE": self = .node
        case "SYS": self = .sys
        default:
            // 18 links are the most there are; three digits leave room and cannot be two cells run together.
            guard text.utf8.count <= 5, let links = Digits.index(text, behind: "NV"), links > 0 else { return nil }
            self = .nvlink(links)
        }
    }

    package var description: String {
        switch self {
        case .same: "X"
        case .nvlink(let links): "NV\(links)"
        case .pix: "PIX"
        case .pxb: "PXB"
        case .phb: "PHB"
        case .node: "NODE"
        case .sys: "SYS"
        }
    }

    private var order: Int {
        switch self {
        case .same: 0
        case .nvlink: 1
        case .pix: 2
        case .pxb: 3
        case .phb: 4
        case .node: 5
        case .sys: 6
        }
    }

    package static func < (left: Distance, right: Distance) -> Bool {
        if case .nvlink(let more) = left, case .nvlink(let fewer) = right { return more > fewer }
        return left.order < right.order
    }
}
