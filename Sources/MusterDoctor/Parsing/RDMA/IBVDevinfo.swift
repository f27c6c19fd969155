/// Reads `ibv_devinfo`, plain or with `-v`.
enum IBVDevinfo {
    static func parse(_ text: inout Transcript) throws(Damage) -> RDMABuilder {
        var builder = RDMABuilder()
        var device: String?
        var port: Int?
        for line in try text.lines() where !line.isBlank {
            guard let (key, value) = line.halves(at: UInt8(ascii: ":")) else {
                if builder.isEmpty { throw text.foreign(line) }
                text.remark(line.number, "\(Damage.quote(line.trimmed)) is left out")
                continue
            }
            if key == "hca_id" {
                device = value
                port = nil
                builder.hca(value)
                continue
            }
            guard let device else { throw headless(text, line, key) }
            if key == "port" {
                guard let number = RDMABuilder.portNumber(value) else { throw noPort(line, value) }
                port = number
                builder.port(number, of: device)
            } else if key.hasPrefix("GID[") {
                if port == nil {
                    // A filtered listing. The devices of mlx5 have one port each, so there is nothing to guess.
                    guard device.hasPrefix("mlx5_") else { throw noPort(line, "GID of `\(device)`") }
                    text.remark(line.number, "there is no line with a port: it is port 1 of `\(device)`")
                    port = 1
                }
                let entry = try gid(line, key)
                var isNew = true
                builder.port(port ?? 1, of: device) { port in
                    isNew = !port.gids.contains { $0.index == entry.index }
                    if isNew { port.gids.append(entry) }
                }
                if !isNew { throw repeated(line) }
            } else if let port {
                builder.port(port, of: device) { set(&$0, key, value) }
            } else {
                builder.hca(device) { set(&$0, key, value) }
            }
        }
        if builder.isEmpty { throw text.foreign(nil) }
        return builder
    }

    private static func set(_ hca: inout HCA, _ key: String, _ value: String) {
        switch key {
        case "fw_ver": hca.firmware = value
        case "board_id": hca.boardID = value
        default: hca.attributes[key] = value
        }
    }

    private static func set(_ port: inout RDMAPort, _ key: String, _ value: String) {
        switch key {
        case "state": port.state = RDMAPort.State(value)
        case "phys_state": port.physicalState = RDMAPort.PhysicalState(value)
        case "active_mtu": port.activeMTU = Cut.words(value).first.flatMap(Digits.count)
        case "max_mtu": port.maxMTU = Cut.words(value).first.flatMap(Digits.count)
        case "link_layer": port.linkLayer = RDMAPort.LinkLayer(rawValue: value)
        default: port.attributes[key] = value
        }
    }

    /// `GID[  3]: ::ffff:10.0.9.6, RoCE v2`; InfiniBand and old versions leave the type out.
    private static func gid(_ line: Line, _ key: String) throws(Damage) -> GIDEntry {
        let content = line.text
        let parts = Cut.around("]:", in: content).map { Cut.around(",", in: $0.after) ?? ($0.after, "") }
        let index = Cut.between("GID[", "]", in: key).flatMap { Digits.count(Cut.trim($0)) }
        guard let index, index < GIDEntry.mostSlots, let parts, let gid = GID(Cut.trim(parts.0)) else {
            throw Damage(
                .malformed,
                line: line.number,
                found: Damage.quote(line.trimmed),
                expected: "a slot such as `GID[  3]: ::ffff:10.0.0.1, RoCE v2`"
            )
        }
        return GIDEntry(index: index, gid: gid, kind: GIDEntry.Kind(Cut.trim(parts.1)), netdev: nil)
    }

    private static func headless(_ text: Transcript, _ line: Line, _ key: String) -> Damage {
        guard
            ["state", "phys_state", "link_layer", "port", "active_mtu", "transport"].contains(key)
                || key.hasPrefix("GID[")
        else { return text.foreign(line) }
        return Damage(
            .malformed,
            line: line.number,
            found: "\(Damage.quote(line.trimmed)) before any device",
            expected: "`hca_id:` and a name",
            hint: "copy from the line with `hca_id:` on"
        )
    }

    private static func repeated(_ line: Line) -> Damage {
        Damage(
            .malformed,
            line: line.number,
            found: "\(Damage.quote(line.trimmed)) a second time",
            expected: "each index once",
            hint: "read the listing of one node at a time"
        )
    }

    private static func noPort(_ line: Line, _ found: String) -> Damage {
        Damage(
            .malformed,
            line: line.number,
            found: Damage.quote(found),
            expected: "`port:` and a number before it",
            hint: "copy the listing without a filter"
        )
    }
}
