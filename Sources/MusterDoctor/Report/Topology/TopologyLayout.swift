import MusterSpec

/// Gives every part of a machine its place. Branches stand in columns from the left, as high as all that hangs below
/// them; devices stand in rows at the right, each row below a line that comes from its branch.
struct TopologyLayout {
    private typealias Frame = TopologyDrawing.Frame
    private typealias Point = TopologyDrawing.Point

    private static let margin = 12
    private static let columnGap = 20
    private static let rowGap = 14
    private static let deviceGap = 12
    private static let deviceWidth = 176
    /// From the top of a row to its line, and on to its devices.
    private static let lineDrop = 6
    private static let boxDrop = 18
    private static let devicesPerRow = 4
    /// The lines from displaced cards to their places run beside each other.
    private static let laneGap = 10

    private let tree: MachineTree
    private let columns: [Int]
    private let deviceX: Int
    private(set) var boxes: [TopologyDrawing.Box] = []
    private(set) var lines: [TopologyDrawing.Line] = []
    private(set) var width = 0
    private(set) var height = 0
    /// Boxes of displaced cards and of their places, by number.
    private var cards: [Int: TopologyDrawing.Frame] = [:]
    private var ghosts: [Int: TopologyDrawing.Frame] = [:]

    init(_ tree: MachineTree) {
        self.tree = tree
        var widths: [Int] = []
        func measure(_ branch: MachineTree.Branch, _ depth: Int) {
            if depth == widths.count { widths.append(0) }
            widths[depth] = max(widths[depth], BoxContent(branch).width)
            for child in branch.branches { measure(child, depth + 1) }
        }
        for branch in tree.branches { measure(branch, 0) }
        var x = Self.margin
        var columns: [Int] = []
        for width in widths {
            columns.append(x)
            x += width + Self.columnGap
        }
        self.columns = columns
        deviceX = x
    }

    mutating func place() {
        var y = Self.margin
        for branch in tree.branches { y = place(branch, depth: 0, from: y) + Self.rowGap }
        height = y - Self.rowGap + Self.margin
        width = boxes.map(\.frame.maxX).max() ?? 0
        for (lane, number) in cards.keys.sorted().enumerated() {
            guard let card = cards[number], let ghost = ghosts[number] else { continue }
            let x = width + Self.laneGap * (lane + 1)
            lines.append(
                TopologyDrawing.Line(
                    kind: .move,
                    points: [
                        Point(x: card.maxX, y: card.midY), Point(x: x, y: card.midY), Point(x: x, y: ghost.midY),
                        Point(x: ghost.maxX, y: ghost.midY),
                    ]
                )
            )
        }
        let lanes = lines.flatMap(\.points).map(\.x).max() ?? 0
        width = max(width, lanes) + Self.margin
    }

    /// Places a branch with all below it.
    ///
    /// - Returns: Where the next may begin, in pixels from the top, without a gap.
    private mutating func place(_ branch: MachineTree.Branch, depth: Int, from top: Int) -> Int {
        let content = BoxContent(branch)
        let x = columns[depth]
        let columnEnd = depth + 1 < columns.count ? columns[depth + 1] - Self.columnGap : deviceX - Self.columnGap
        var y = top
        for row in Self.rows(branch.devices) {
            if y > top { y += Self.rowGap }
            y = place(row, below: columnEnd, from: y)
        }
        var children: [Int] = []
        for child in branch.branches {
            if y > top { y += Self.rowGap }
            let start = y
            y = place(child, depth: depth + 1, from: y)
            children.append((start + y) / 2)
        }
        let bottom = max(y, top + content.height)
        let frame = Frame(x: x, y: top, width: columnEnd - x, height: bottom - top)
        boxes.append(content.box(in: frame, kind: Self.kind(branch.kind), isCentred: true))
        for middle in children {
            lines.append(link([Point(x: columnEnd, y: middle), Point(x: columns[depth + 1], y: middle)]))
        }
        return bottom
    }

    /// A displaced card and an empty place end their row, so that nothing stands between them and the lanes.
    private static func rows(_ devices: [MachineDevice]) -> [[MachineDevice]] {
        var rows: [[MachineDevice]] = []
        let isMarked = { (device: MachineDevice) in device.displacement != nil }
        for device in devices.filter({ !isMarked($0) }) + devices.filter(isMarked) {
            if let last = rows.last, last.count < devicesPerRow, !(last.last.map(isMarked) ?? false) {
                rows[rows.count - 1].append(device)
            } else {
                rows.append([device])
            }
        }
        return rows
    }

    private mutating func place(_ devices: [MachineDevice], below parentEnd: Int, from top: Int) -> Int {
        let lineY = top + Self.lineDrop
        let boxTop = top + Self.boxDrop
        let contents = devices.map { BoxContent($0) }
        for (index, device) in devices.enumerated() {
            let frame = Frame(
                x: deviceX + index * (Self.deviceWidth + Self.deviceGap),
                y: boxTop,
                width: Self.deviceWidth,
                height: contents[index].height
            )
            let isMisplaced = device.kind == .nic && device.displacement != nil
            boxes.append(contents[index].box(in: frame, kind: isMisplaced ? .misplaced : Self.kind(device.kind)))
            if let number = device.displacement {
                if device.kind == .ghost { ghosts[number] = frame } else { cards[number] = frame }
            }
            guard device.kind != .ghost else { continue }
            lines.append(
                link([Point(x: frame.midX, y: lineY), Point(x: frame.midX, y: boxTop)], isShort: device.isLinkShort)
            )
        }
        if let last = devices.lastIndex(where: { $0.kind != .ghost }) {
            let end = deviceX + last * (Self.deviceWidth + Self.deviceGap) + Self.deviceWidth / 2
            lines.append(link([Point(x: parentEnd, y: lineY), Point(x: end, y: lineY)]))
        }
        return boxTop + (contents.map(\.height).max() ?? 0)
    }

    private func link(_ points: [TopologyDrawing.Point], isShort: Bool = false) -> TopologyDrawing.Line {
        TopologyDrawing.Line(kind: isShort ? .short : .link, points: points)
    }

    private static func kind(_ kind: MachineTree.Kind) -> TopologyDrawing.Kind {
        switch kind {
        case .numaNode: .numaNode
        case .hostBridge: .hostBridge
        case .pcieSwitch: .pcieSwitch
        }
    }

    private static func kind(_ kind: MachineDevice.Kind) -> TopologyDrawing.Kind {
        switch kind {
        case .gpu: .gpu
        case .nic: .nic
        case .ghost: .ghost
        }
    }
}
