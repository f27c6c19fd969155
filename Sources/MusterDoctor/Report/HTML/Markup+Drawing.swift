import MusterSpec

extension Markup {
    /// A drawing as SVG. Its name, such as `drawing-1`, is that of no other drawing of the page.
    mutating func drawing(_ drawing: TopologyDrawing, name: String, title: String) {
        element(
            "svg",
            [
                "role": "img", "aria-labelledby": "\(name)-title \(name)-desc",
                "viewBox": "0 0 \(drawing.width) \(drawing.height)", "width": "\(drawing.width)",
                "height": "\(drawing.height)",
            ]
        ) { markup in
            markup.element("title", ["id": "\(name)-title"], text: title)
            markup.element("desc", ["id": "\(name)-desc"], text: drawing.words)
            for line in drawing.lines { markup.line(line) }
            for box in drawing.boxes { markup.box(box) }
        }
    }

    private mutating func line(_ line: TopologyDrawing.Line) {
        let points = line.points.map { "\($0.x),\($0.y)" }.joined(separator: " ")
        switch line.kind {
        case .link: empty("polyline", ["class": "link", "points": points])
        case .short: empty("polyline", ["class": "link short", "points": points])
        case .move:
            empty("polyline", ["class": "link move", "points": points])
            // The head of the arrow, at the place the card belongs to.
            guard let end = line.points.last else { return }
            let head = "\(end.x),\(end.y) \(end.x + 8),\(end.y - 5) \(end.x + 8),\(end.y + 5)"
            empty("polygon", ["class": "head", "points": head])
        }
    }

    private mutating func box(_ box: TopologyDrawing.Box) {
        element("g", ["class": Self.style(box.kind)]) { markup in
            markup.rectangle(box.frame, radius: 4)
            for label in box.labels { markup.label(label) }
            for port in box.ports {
                markup.element("g", ["class": "port \(port.label.tone.rawValue)"]) { markup in
                    markup.rectangle(port.frame, radius: 3)
                    markup.label(port.label)
                }
            }
        }
    }

    private mutating func rectangle(_ frame: TopologyDrawing.Frame, radius: Int) {
        empty(
            "rect",
            [
                "x": "\(frame.x)", "y": "\(frame.y)", "width": "\(frame.width)", "height": "\(frame.height)",
                "rx": "\(radius)",
            ]
        )
    }

    private mutating func label(_ label: TopologyDrawing.Label) {
        element("text", ["class": label.tone.rawValue, "x": "\(label.x)", "y": "\(label.y)"], text: label.text)
    }

    private static func style(_ kind: TopologyDrawing.Kind) -> String {
        switch kind {
        case .numaNode: "numa"
        case .hostBridge: "bridge"
        case .pcieSwitch: "switch"
        case .gpu: "gpu"
        case .nic: "nic"
        case .ghost: "ghost"
        case .misplaced: "nic misplaced"
        }
    }
}
