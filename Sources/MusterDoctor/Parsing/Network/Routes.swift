package import MusterSpec

/// What `ip route`, `ip route get` or their `-j` forms say.
package struct Routes: Hashable, Sendable {
    package struct Route: Hashable, Sendable {
        /// `unicast` where nothing is said; `unreachable`, `blackhole`, `prohibit`, `local`.
        package internal(set) var type = "unicast"
        /// `default`, `10.0.0.0/24`, or the one address that was asked for.
        package let destination: String
        package internal(set) var gateway: IPAddress?
        package internal(set) var interface: String?
        /// The address that packets leave with.
        package internal(set) var source: IPAddress?
        package internal(set) var metric: Int?
        /// In bytes, where the route has one of its own.
        package internal(set) var mtu: Int?
    }

    package let routes: [Route]

    package static func read(_ bytes: [UInt8]) -> Reading<Routes> {
        .of(bytes, source: "the output of `ip route`") { text throws(Damage) in
            let lines = try text.lines()
            if lines.first(where: { !$0.isBlank })?.first == UInt8(ascii: "[") {
                return Routes(routes: try json(&text))
            }
            var routes: [Route] = []
            for line in lines where !line.isBlank {
                var words = line.words.map(\.text)
                if words[0] == "cache" { continue }
                // The ways of a route with several follow it, indented.
                if words[0] == "nexthop", let last = routes.last {
                    words[0] = last.destination
                    if last.interface == nil { routes.removeLast() }
                }
                guard let route = Route(words) else {
                    if routes.isEmpty { throw text.foreign(line) }
                    throw Damage(
                        .malformed,
                        line: line.number,
                        found: Damage.quote(line.trimmed),
                        expected: "`DESTINATION [via ADDRESS] dev INTERFACE ...`"
                    )
                }
                routes.append(route)
            }
            return Routes(routes: routes)
        }
    }

    private static func json(_ text: inout Transcript) throws(Damage) -> [Route] {
        var routes: [Route] = []
        for element in try JSONReader.array(&text) {
            if element.members.isEmpty, case .object = element { continue }
            guard let destination = element["dst"]?.text else {
                throw Damage(.malformed, found: Damage.quote(element.compact), expected: "a route with `dst`")
            }
            var route = Route(destination: destination)
            route.type = element["type"]?.text ?? "unicast"
            route.gateway = element["gateway"]?.text.flatMap(IPAddress.init)
            route.interface = element["dev"]?.text
            route.source = element["prefsrc"]?.text.flatMap(IPAddress.init)
            route.metric = element["metric"]?.count
            route.mtu = element["metrics"]?.elements.first?["mtu"]?.count
            routes.append(route)
        }
        return routes
    }
}

extension Routes.Route {
    private static let types: Set<String> = [
        "unicast", "unreachable", "blackhole", "prohibit", "local", "broadcast", "multicast", "throw", "anycast",
    ]

    /// `10.0.0.2 via 10.0.0.1 dev eth0 src 10.0.0.5 uid 0`
    fileprivate init?(_ words: [String]) {
        var rest = words[...]
        var type = "unicast"
        if let first = rest.first, Self.types.contains(first) {
            type = first
            rest = rest.dropFirst()
        }
        guard let destination = rest.first else { return nil }
        let parts = Cut.around("/", in: destination)
        guard destination == "default" || IPAddress(parts?.before ?? destination) != nil,
            parts.map({ Digits.count($0.after).map { $0 <= 128 } ?? false }) ?? true
        else { return nil }
        self.init(destination: destination)
        self.type = type
        let pairs = Array(rest.dropFirst())
        for index in pairs.indices.dropLast() {
            let value = pairs[index + 1]
            switch pairs[index] {
            case "via": gateway = IPAddress(value == "inet6" && index + 2 < pairs.count ? pairs[index + 2] : value)
            case "dev": interface = value
            case "src": source = IPAddress(value)
            case "metric": metric = Digits.count(value)
            case "mtu": mtu = Digits.count(value)
            default: break
            }
        }
    }
}

extension Routes: DocumentValue {
    package var json: JSONValue {
        [
            "routes": .array(
                routes.map { route in
                    [
                        "type": .string(route.type), "destination": .string(route.destination),
                        "gateway": .optional(route.gateway?.text), "interface": .optional(route.interface),
                        "source": .optional(route.source?.text), "metric": .optional(route.metric),
                        "mtu": .optional(route.mtu),
                    ]
                }
            )
        ]
    }
}
