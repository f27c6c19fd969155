import MusterSpec

/// The text of a box before it has a place.
struct BoxContent {
    /// Of one character of the drawing's type, in tenths of a pixel: a fixed-width face of 11 pixels, rounded up.
    static let characterWidth = 67
    private static let lineHeight = 15
    private static let portHeight = 19
    private static let padding = 7
    /// Longer texts are cut: what is whole stands in the tables.
    private static let longest = 24

    private let texts: [DocumentSection.Cell]
    private let ports: [MachineDevice.Port]
    private let isDevice: Bool

    init(_ branch: MachineTree.Branch) {
        texts = branch.title.enumerated().map { index, text in .init(Self.cut(text), index == 0 ? .strong : .faint) }
        ports = []
        isDevice = false
    }

    init(_ device: MachineDevice) {
        let title = [device.title, device.model].compactMap(\.self).joined(separator: " ")
        texts =
            [.init(Self.cut(title), .strong)] + device.lines.map { .init(Self.cut($0.text), $0.tone) }
        ports = device.ports
        isDevice = true
    }

    /// What the texts need, in pixels.
    var width: Int { (texts.map { $0.text.count }.max() ?? 0) * Self.characterWidth / 10 + 2 * Self.padding }

    var height: Int {
        let portsHeight = ports.isEmpty ? 0 : ports.count * Self.portHeight + 3
        return texts.count * Self.lineHeight + portsHeight + 2 * Self.padding
    }

    func box(
        in frame: TopologyDrawing.Frame,
        kind: TopologyDrawing.Kind,
        isCentred: Bool = false
    ) -> TopologyDrawing.Box {
        let top = isCentred ? frame.midY - height / 2 : frame.y
        let labels = texts.enumerated().map { index, text in
            TopologyDrawing.Label(
                text: text.text,
                tone: text.tone,
                x: frame.x + Self.padding,
                y: top + Self.padding + index * Self.lineHeight + 11
            )
        }
        let portsTop = top + Self.padding + texts.count * Self.lineHeight + 3
        let drawn = ports.enumerated().map { index, port in
            let portFrame = TopologyDrawing.Frame(
                x: frame.x + Self.padding - 2,
                y: portsTop + index * Self.portHeight,
                width: frame.width - 2 * Self.padding + 4,
                height: Self.portHeight - 3
            )
            return TopologyDrawing.Port(
                frame: portFrame,
                label: .init(text: Self.cut(port.label), tone: port.tone, x: portFrame.x + 4, y: portFrame.y + 12)
            )
        }
        return TopologyDrawing.Box(kind: kind, frame: frame, labels: labels, ports: drawn)
    }

    /// Counted in characters; whoever names a device with wide ones gets a shorter text.
    private static func cut(_ text: String) -> String {
        let plain = text.unicodeScalars.allSatisfy(\.isASCII) ? longest : longest / 2
        return text.count <= plain ? text : text.prefix(plain - 1) + "…"
    }
}
