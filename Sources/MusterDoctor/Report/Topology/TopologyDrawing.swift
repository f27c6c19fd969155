/// A machine laid out for drawing: every box, port and line with its place. All lengths are in pixels, from the upper
/// left corner.
///
/// ```
/// CPU ── host bridge ─┬─ PCIe switch ─┬──────┬──────┐
///                     │               GPU 0  GPU 1  NIC
///                     │                             [mlx5_0:1 ACTIVE]
///                     └─ ...
/// ```
///
/// Boxes do not overlap, and no line runs through one.
package struct TopologyDrawing: Hashable, Sendable {
    package struct Frame: Hashable, Sendable {
        package var x: Int
        package var y: Int
        package var width: Int
        package var height: Int

        package var maxX: Int { x + width }
        package var maxY: Int { y + height }
        package var midX: Int { x + width / 2 }
        package var midY: Int { y + height / 2 }

        package func contains(_ other: Frame) -> Bool {
            x <= other.x && y <= other.y && maxX >= other.maxX && maxY >= other.maxY
        }
    }

    package enum Kind: Hashable, Sendable {
        case numaNode, hostBridge, pcieSwitch, gpu, nic, ghost, misplaced
    }

    /// One line of text in a box.
    package struct Label: Hashable, Sendable {
        package let text: String
        package let tone: DocumentSection.Tone
        /// Of the left end of its baseline.
        package let x: Int
        package let y: Int
    }

    /// One port on a card.
    package struct Port: Hashable, Sendable {
        package let frame: Frame
        package let label: Label
    }

    package struct Box: Hashable, Sendable {
        package let kind: Kind
        package let frame: Frame
        package let labels: [Label]
        package let ports: [Port]
    }

    package struct Point: Hashable, Sendable {
        package let x: Int
        package let y: Int
    }

    /// A line of horizontal and vertical pieces.
    package struct Line: Hashable, Sendable {
        package enum Kind: Hashable, Sendable {
            case link
            /// A link with fewer lanes or less speed than it can have.
            case short
            /// From a card to its usual place.
            case move
        }

        package let kind: Kind
        package let points: [Point]
    }

    package let boxes: [Box]
    package let lines: [Line]
    package let width: Int
    package let height: Int
    /// All of it in words, for who cannot see it.
    package let words: String

    package init(_ tree: MachineTree) {
        var layout = TopologyLayout(tree)
        layout.place()
        boxes = layout.boxes
        lines = layout.lines
        width = layout.width
        height = layout.height
        words = tree.words
    }
}
