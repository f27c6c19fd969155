import MusterSpec

/// Reads both forms of `ip addr`.
enum InterfaceReader {
    typealias Interface = NetworkInterfaces.Interface

    static func lines(_ lines: [Line], _ text: Transcript) throws(Damage) -> [Interface] {
        var interfaces: [Interface] = []
        for line in lines where !line.isBlank {
            // Pasting loses the indent: an interface is told by its number.
            let words = line.words
            if let interface = interface(words) {
                interfaces.append(interface)
                continue
            }
            guard !interfaces.isEmpty else { throw text.foreign(line) }
            let last = interfaces.count - 1
            let first = words[0].text
            if first.hasPrefix("link/") {
                interfaces[last].linkType = String(first.dropFirst(5))
                interfaces[last].hardwareAddress = words.count > 1 ? words[1].text : nil
            } else if first == "inet" || first == "inet6" {
                interfaces[last].addresses.append(try address(words, line))
            } else if !["valid_lft", "altname", "link-netns", "vf"].contains(first), line.indent == 0 {
                throw Damage(
                    .malformed,
                    line: line.number,
                    found: Damage.quote(line.trimmed),
                    expected: "`N: NAME: <FLAGS> ...`, `link/...`, `inet` or `inet6`"
                )
            }
        }
        return interfaces
    }

    /// `2: bond0@eth0: <BROADCAST,UP> mtu 1500 qdisc mq master br0 state UP group default qlen 1000`
    private static func interface(_ words: [Word]) -> Interface? {
        guard words.count >= 3, words[0].text.hasSuffix(":"), words[1].text.hasSuffix(":"),
            let index = Digits.count(String(words[0].text.dropLast())),
            let flags = Cut.unwrap(words[2].text, "<", ">")
        else { return nil }
        let title = String(words[1].text.dropLast())
        var interface = Interface(index: index, name: Cut.around("@", in: title)?.before ?? title)
        interface.flags = Set(Cut.split(flags, UInt8(ascii: ",")))
        var position = 3
        while position + 1 < words.count {
            let value = words[position + 1].text
            switch words[position].text {
            case "mtu": interface.mtu = Digits.count(value)
            case "state": interface.state = value
            case "master": interface.master = value
            default: break
            }
            position += 2
        }
        return interface
    }

    /// `inet 192.168.201.210/24 metric 100 brd 192.168.201.255 scope global dynamic eth0`
    private static func address(_ words: [Word], _ line: Line) throws(Damage) -> NetworkInterfaces.Address {
        let cell = words.count > 1 ? words[1].text : ""
        // A tunnel has its peer's address in between, and no prefix.
        let parts = Cut.around("/", in: cell)
        let isIPv6 = words[0].text == "inet6"
        guard let address = IPAddress(parts?.before ?? cell), address.isIPv6 == isIPv6,
            let prefix = parts.map({ Digits.count($0.after) }) ?? (isIPv6 ? 128 : 32), prefix <= (isIPv6 ? 128 : 32)
        else {
            throw Damage(
                .malformed,
                line: line.number,
                column: words.count > 1 ? words[1].column : nil,
                found: Damage.quote(line.trimmed),
                expected: "an address with its prefix, such as `10.0.0.1/24`"
            )
        }
        let scope = words.firstIndex { $0.text == "scope" }
        return NetworkInterfaces.Address(
            address: address,
            prefixLength: prefix,
            scope: scope.flatMap { $0 + 1 < words.count ? words[$0 + 1].text : nil }
        )
    }

    static func json(_ text: inout Transcript) throws(Damage) -> [Interface] {
        var interfaces: [Interface] = []
        for element in try JSONReader.array(&text) {
            // With a filter, `ip -j` prints empty objects for what it left out.
            if element.members.isEmpty, case .object = element { continue }
            guard let index = element["ifindex"]?.count, let name = element["ifname"]?.text else {
                throw Damage(
                    .malformed,
                    found: Damage.quote(element.compact),
                    expected: "an interface with `ifindex` and `ifname`"
                )
            }
            var interface = Interface(index: index, name: name)
            interface.flags = Set((element["flags"]?.elements ?? []).compactMap(\.text))
            interface.mtu = element["mtu"]?.count
            interface.state = element["operstate"]?.text
            interface.linkType = element["link_type"]?.text
            interface.hardwareAddress = element["address"]?.text
            interface.master = element["master"]?.text
            for entry in element["addr_info"]?.elements ?? [] {
                guard let local = entry["local"]?.text else { continue }
                guard let address = IPAddress(local), let prefix = entry["prefixlen"]?.count else {
                    throw Damage(
                        .malformed,
                        found: "\(Damage.quote(entry.compact)) of `\(name)`",
                        expected: "an address with `local` and `prefixlen`"
                    )
                }
                interface.addresses.append(
                    .init(address: address, prefixLength: prefix, scope: entry["scope"]?.text)
                )
            }
            interfaces.append(interface)
        }
        return interfaces
    }
}
