import MusterSpec

/// Reads the programs that print one line for each port.
enum RDMALines {
    /// `mlx5_0 port 1 ==> ens1f0 (Up)`; with `-v` the PCI address stands before the device and more behind it.
    static func ibdev2netdev(_ text: inout Transcript) throws(Damage) -> RDMABuilder {
        var builder = RDMABuilder()
        for line in try text.lines() where !line.isBlank {
            let words = line.words.map(\.text)
            let first = words.first.flatMap(PCIAddress.init)
            let name = words.dropFirst(first == nil ? 0 : 1).first
            guard let arrow = words.firstIndex(of: "==>"), let port = words.firstIndex(of: "port"), let name,
                port > 0, port + 1 < arrow, let number = RDMABuilder.portNumber(words[port + 1])
            else {
                if builder.isEmpty { throw text.foreign(line) }
                throw Damage(
                    .malformed,
                    line: line.number,
                    found: Damage.quote(line.trimmed),
                    expected: "`DEVICE port N ==> INTERFACE (Up)`"
                )
            }
            let target = words[(arrow + 1)...]
            builder.hca(name) { if let first { $0.address = first } }
            builder.port(number, of: name) { port in
                port.netdev = target.first { !$0.hasPrefix("(") }
                port.isNetdevUp = target.last.flatMap { $0 == "(Up)" ? true : $0 == "(Down)" ? false : nil }
            }
        }
        return builder
    }

    /// `link mlx5_0/1 state ACTIVE physical_state LINK_UP netdev ens1f0`, or the list of `rdma -j link`.
    static func rdmaLink(_ text: inout Transcript) throws(Damage) -> RDMABuilder {
        var builder = RDMABuilder()
        let lines = try text.lines()
        if lines.first(where: { !$0.isBlank })?.first == UInt8(ascii: "[") {
            for element in try JSONReader.array(&text) {
                guard let name = element["ifname"]?.text, let number = element["port"]?.count,
                    RDMABuilder.portNumbers.contains(number)
                else {
                    throw Damage(
                        .malformed,
                        found: "a link without `ifname` and a `port` from 1 to 255",
                        expected: text.source
                    )
                }
                builder.port(number, of: name) { port in
                    for (key, value) in element.members where value.text != nil {
                        set(&port, key, value.text ?? "")
                    }
                }
            }
            return builder
        }
        for line in lines where !line.isBlank {
            var words = line.words.map(\.text)
            // Older versions number their lines: `1/1: mlx5_0/1: state ...`.
            if words.first == "link" || words.first?.hasSuffix(":") == true, words.count > 1 { words.removeFirst() }
            let place = words.first.flatMap { Cut.around("/", in: $0.hasSuffix(":") ? String($0.dropLast()) : $0) }
            guard let place, let number = RDMABuilder.portNumber(place.after), words.contains("state") else {
                if builder.isEmpty { throw text.foreign(line) }
                throw Damage(
                    .malformed,
                    line: line.number,
                    found: Damage.quote(line.trimmed),
                    expected: "`link DEVICE/PORT state STATE physical_state STATE netdev NAME`"
                )
            }
            builder.port(number, of: place.before) { port in
                var index = 1
                while index + 1 < words.count {
                    set(&port, words[index], words[index + 1])
                    index += 2
                }
            }
        }
        return builder
    }

    private static func set(_ port: inout RDMAPort, _ key: String, _ value: String) {
        switch key {
        case "state": port.state = RDMAPort.State(value)
        case "physical_state": port.physicalState = RDMAPort.PhysicalState(value)
        case "netdev": port.netdev = value
        default: port.attributes[key] = value
        }
    }
}
