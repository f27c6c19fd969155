/// Reads files below `/sys/class/infiniband`, one `path=content` a line.
///
/// `DEVICE/device` holds the target of that link, `DEVICE/device/physfn` that of the link only virtual functions have,
/// `DEVICE/device/net` the names in that folder. A slot of a GID table whose type cannot be read is empty.
enum SysfsInfiniBand {
    private static let root = "/sys/class/infiniband/"

    static func parse(_ text: inout Transcript) throws(Damage) -> RDMABuilder {
        var builder = RDMABuilder()
        var tables: [String: [Int: GIDTable]] = [:]
        for line in try text.lines() where !line.isBlank {
            guard let (parts, value) = line.assignment(below: root), let device = parts.first, !device.isEmpty,
                parts.count >= 2
            else {
                if builder.isEmpty { throw text.foreign(line) }
                throw unexpected(line)
            }
            guard parts[1] == "ports" else {
                builder.hca(device) { set(&$0, parts, value) }
                continue
            }
            guard parts.count >= 4, let number = RDMABuilder.portNumber(parts[2]) else { throw unexpected(line) }
            if parts[3] == "gids" || parts[3] == "gid_attrs" {
                builder.port(number, of: device)
                try tables[device, default: [:]][number, default: GIDTable()].set(parts, value, line)
                continue
            }
            try set(&builder, device, number, parts, value, line)
        }
        for (device, ports) in tables {
            for (number, table) in ports { builder.port(number, of: device) { table.fill(&$0) } }
        }
        return builder
    }

    private static func set(_ hca: inout HCA, _ parts: [String], _ value: String) {
        let name = parts[1...].joined(separator: "/")
        switch name {
        case "fw_ver": hca.firmware = value
        case "hca_type": hca.type = value
        case "board_id": hca.boardID = value
        case "device":
            hca.path = PCIPath(value)
            hca.address = hca.path?.address ?? Cut.split(value, UInt8(ascii: "/")).last.flatMap(PCIAddress.init)
            hca.isVirtual = hca.isVirtual ?? false
        case "device/physfn": hca.isVirtual = !value.isEmpty
        case "device/numa_node": hca.numaNode = Int(value).flatMap { $0 >= 0 ? $0 : nil }
        default:
            if parts[1] == "device", parts.count == 3, PCILink.names.contains(parts[2]) {
                var link = hca.link ?? PCILink()
                link.set(parts[2], value)
                hca.link = link
            } else {
                hca.attributes[name] = value
            }
        }
    }

    private static func set(
        _ builder: inout RDMABuilder,
        _ device: String,
        _ number: Int,
        _ parts: [String],
        _ value: String,
        _ line: Line
    ) throws(Damage) {
        let count = parts.count == 5 && (parts[3] == "counters" || parts[3] == "hw_counters") ? UInt64(value) : nil
        let rate = rate(value)
        guard parts[3] != "rate" || rate != nil || value.isEmpty else { throw unexpected(line) }
        builder.port(number, of: device) { port in
            switch parts[3] {
            case "state": port.state = RDMAPort.State(value)
            case "phys_state": port.physicalState = RDMAPort.PhysicalState(value)
            case "rate": port.rate = rate
            case "link_layer": port.linkLayer = RDMAPort.LinkLayer(rawValue: value)
            case "counters", "hw_counters": if let count { port.counters[parts[4]] = count }
            default: port.attributes[parts[3...].joined(separator: "/")] = value
            }
        }
    }

    /// `400 Gb/sec (4X NDR)` in Gb/s.
    static func rate(_ text: String) -> Double? {
        let words = Cut.words(text)
        guard words.count >= 2, words[1] == "Gb/sec" else { return nil }
        return Digits.decimal(words[0])
    }

    static func unexpected(_ line: Line) -> Damage {
        Damage(
            .malformed,
            line: line.number,
            found: Damage.quote(line.trimmed),
            expected: "`DEVICE/FILE=content` or `DEVICE/ports/N/FILE=content`"
        )
    }
}

/// The files of one port's GID table, which come in any order.
private struct GIDTable {
    private var gids: [Int: GID] = [:]
    private var kinds: [Int: GIDEntry.Kind] = [:]
    private var netdevs: [Int: String] = [:]

    mutating func set(_ parts: [String], _ value: String, _ line: Line) throws(Damage) {
        let name = parts[3...].dropLast().joined(separator: "/")
        guard parts.count >= 5, let index = Digits.count(parts[parts.count - 1]), index < GIDEntry.mostSlots else {
            throw SysfsInfiniBand.unexpected(line)
        }
        switch name {
        case "gids":
            guard let gid = GID(value) else {
                throw Damage(
                    .malformed,
                    line: line.number,
                    found: Damage.quote(value),
                    expected: "a GID of eight groups"
                )
            }
            if !gid.isEmpty { gids[index] = gid }
        case "gid_attrs/types": kinds[index] = GIDEntry.Kind(value)
        case "gid_attrs/ndevs": netdevs[index] = value.isEmpty ? nil : value
        default: break
        }
    }

    func fill(_ port: inout RDMAPort) {
        port.gids = gids.map { GIDEntry(index: $0, gid: $1, kind: kinds[$0], netdev: netdevs[$0]) }
        if port.netdev == nil { port.netdev = netdevs.min { $0.key < $1.key }?.value }
    }
}
