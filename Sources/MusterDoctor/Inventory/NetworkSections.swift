import MusterSpec

extension InterfaceFacts {
    private static let root = "/sys/class/net/"

    /// From files below `/sys/class/net`.
    static func byInterface(_ pairs: [ProbePair]) -> [String: InterfaceFacts] {
        var facts: [String: InterfaceFacts] = [:]
        for pair in pairs {
            guard let below = Cut.behind(pair.key, root), let (name, file) = Cut.around("/", in: below),
                !name.isEmpty
            else { continue }
            facts[name, default: InterfaceFacts()].take(file, pair.value)
        }
        return facts
    }

    private mutating func take(_ file: String, _ value: String) {
        switch file {
        case "operstate": operationalState = value
        case "mtu": mtu = Digits.count(value)
        // -1 where there is no cable.
        case "speed": speed = Digits.count(value)
        case "device": device = value
        case "bridge": isBridge = true
        case "master": master = value
        case "statistics/tx_bytes": sentBytes = UInt64(value)
        case "statistics/rx_bytes": receivedBytes = UInt64(value)
        default: break
        }
    }
}

extension Routes {
    /// `peer=ADDRESS ANSWER`, the answer being the first line of `ip route get`.
    static func ways(_ pairs: [ProbePair]) -> [String: Route] {
        var ways: [String: Route] = [:]
        for pair in pairs where pair.key == "peer" {
            guard let (peer, answer) = Cut.around(" ", in: pair.value), !peer.isEmpty else { continue }
            guard let route = Routes.read(Array(answer.utf8)).value?.routes.first else {
                // `RTNETLINK answers: Network is unreachable`
                var none = Route(destination: peer)
                none.type = "unreachable"
                ways[peer] = none
                continue
            }
            ways[peer] = route
        }
        return ways
    }
}

extension Listener {
    /// `LOCAL:PORT UID INODE` of `/proc/net/tcp` and `tcp6`, in hexadecimal digits.
    static func read(_ text: [UInt8]) -> Reading<[Listener]> {
        .of(text, source: "lines of `/proc/net/tcp`") { text throws(Damage) in
            var listeners: [Listener] = []
            for line in try text.lines() where !line.isBlank {
                let words = line.words.map(\.text)
                guard words.count >= 2, let (local, hexPort) = Cut.around(":", in: words[0]),
                    let port = Digits.hexadecimal(hexPort), (0...65535).contains(port),
                    let address = address(local), let uid = Digits.count(words[1])
                else {
                    throw Damage(
                        .malformed,
                        line: line.number,
                        found: Damage.quote(line.trimmed),
                        expected: "`ADDRESS:PORT UID` in hexadecimal digits"
                    )
                }
                listeners.append(Listener(address: address, port: port, uid: uid))
            }
            return listeners
        }
    }

    /// The kernel prints words of four bytes as numbers of its own byte order, which is the little one everywhere here.
    private static func address(_ text: String) -> IPAddress? {
        let digits = Array(text.utf8)
        guard digits.count == 8 || digits.count == 32 else { return nil }
        var bytes: [UInt8] = []
        for word in stride(from: 0, to: digits.count, by: 8) {
            for place in stride(from: word + 6, through: word, by: -2) {
                let pair = String(decoding: digits[place..<(place + 2)], as: UTF8.self)
                guard let byte = UInt8(pair, radix: 16) else { return nil }
                bytes.append(byte)
            }
        }
        // An IPv4 listener of a socket for both is written `::ffff:a.b.c.d`.
        let isMapped =
            bytes.count == 16 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
        if bytes.count == 4 || isMapped {
            return IPAddress(bytes.suffix(4).map { String($0) }.joined(separator: "."))
        }
        if bytes.allSatisfy({ $0 == 0 }) { return IPAddress("::") }
        if bytes.dropLast().allSatisfy({ $0 == 0 }), bytes[15] == 1 { return IPAddress("::1") }
        let groups = stride(from: 0, to: 16, by: 2).map {
            String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
        }
        return IPAddress(groups.joined(separator: ":"))
    }
}
