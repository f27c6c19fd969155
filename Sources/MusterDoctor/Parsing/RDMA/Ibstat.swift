/// Reads `ibstat`, which may stop half way and complain between its lines.
enum Ibstat {
    static func parse(_ text: inout Transcript) throws(Damage) -> RDMABuilder {
        var builder = RDMABuilder()
        var device: String?
        var port: Int?
        for line in try text.lines() where !line.isBlank {
            let content = line.trimmed
            if content.hasPrefix("ibwarn:") || content.hasPrefix("ibpanic:") {
                text.remark(line.number, Damage.quote(content))
                continue
            }
            if let name = Cut.unwrap(content, "CA '", "'") {
                device = name
                port = nil
                builder.hca(name)
                continue
            }
            guard let (key, value) = line.halves(at: UInt8(ascii: ":")) else { throw unexpected(text, line, builder) }
            guard let device else {
                guard
                    ["State", "Physical state", "Rate", "Port GUID", "CA type"].contains(key) || key.hasPrefix("Port ")
                else { throw text.foreign(line) }
                throw Damage(
                    .malformed,
                    line: line.number,
                    found: "\(Damage.quote(content)) before any device",
                    expected: "`CA` and a name",
                    hint: "copy from the line with `CA` on"
                )
            }
            if let rest = Cut.behind(key, "Port "), value.isEmpty, let number = RDMABuilder.portNumber(rest) {
                port = number
                builder.port(number, of: device)
            } else if let port {
                let rate = key == "Rate" ? Digits.decimal(value) : nil
                if key == "Rate", rate == nil { throw badRate(line, value) }
                builder.port(port, of: device) { set(&$0, key, value, rate) }
            } else {
                builder.hca(device) { set(&$0, key, value) }
            }
        }
        if builder.isEmpty { throw text.foreign(nil) }
        return builder
    }

    private static func set(_ hca: inout HCA, _ key: String, _ value: String) {
        switch key {
        case "CA type": hca.type = value
        case "Firmware version": hca.firmware = value
        default: hca.attributes[key] = value
        }
    }

    private static func set(_ port: inout RDMAPort, _ key: String, _ value: String, _ rate: Double?) {
        switch key {
        case "State": port.state = RDMAPort.State(value)
        case "Physical state": port.physicalState = RDMAPort.PhysicalState(value)
        case "Rate": port.rate = rate
        case "Link layer": port.linkLayer = RDMAPort.LinkLayer(rawValue: value)
        default: port.attributes[key] = value
        }
    }

    private static func unexpected(_ text: Transcript, _ line: Line, _ builder: RDMABuilder) -> Damage {
        guard !builder.isEmpty else { return text.foreign(line) }
        return Damage(
            .malformed,
            line: line.number,
            found: Damage.quote(line.trimmed),
            expected: "`NAME: VALUE` or the next `CA`"
        )
    }

    private static func badRate(_ line: Line, _ value: String) -> Damage {
        Damage(.malformed, line: line.number, found: "the rate \(Damage.quote(value))", expected: "a number of Gb/s")
    }
}

/// Reads `ibstatus`, which prints the files of sysfs under its own names.
enum Ibstatus {
    static func parse(_ text: inout Transcript) throws(Damage) -> RDMABuilder {
        var builder = RDMABuilder()
        var place: (device: String, port: Int)?
        for line in try text.lines() where !line.isBlank {
            let content = line.trimmed
            if let (name, rest) = Cut.behind(content, "Infiniband device '").flatMap({
                Cut.around("' port ", in: $0)
            }) {
                guard let number = Cut.words(rest).first.flatMap(RDMABuilder.portNumber) else {
                    throw unexpected(line)
                }
                place = (name, number)
                builder.port(number, of: name)
                continue
            }
            guard let place else { throw text.foreign(line) }
            guard let (key, value) = line.halves(at: UInt8(ascii: ":")) else { throw unexpected(line) }
            let rate = key == "rate" ? SysfsInfiniBand.rate(value) : nil
            if key == "rate", rate == nil { throw unexpected(line) }
            builder.port(place.port, of: place.device) { port in
                switch key {
                case "state": port.state = RDMAPort.State(value)
                case "phys state": port.physicalState = RDMAPort.PhysicalState(value)
                case "rate": port.rate = rate
                case "link_layer": port.linkLayer = RDMAPort.LinkLayer(rawValue: value)
                default: port.attributes[key] = value
                }
            }
        }
        if builder.isEmpty { throw text.foreign(nil) }
        return builder
    }

    private static func unexpected(_ line: Line) -> Damage {
        Damage(
            .malformed,
            line: line.number,
            found: Damage.quote(line.trimmed),
            expected: "`NAME: VALUE` or `Infiniband device 'NAME' port N status:`"
        )
    }
}
