package import MusterSpec

/// What `nvidia-smi nvlink -s` says about each GPU's NVLinks, or `-e` about their errors.
package struct NVLinks: Hashable, Sendable {
    package enum Link: Hashable, Sendable {
        /// In GB/s in one direction.
        case active(Double)
        case inactive
        /// Error counts by name, as `-e` prints them: `Replay Errors`, `Recovery Errors`, `CRC Errors`.
        case errors([String: Int])
    }

    package struct GPU: Hashable, Sendable {
        package let index: Int
        package let name: String
        package let uuid: String
        /// By link number.
        package var links: [Int: Link] = [:]
        /// Why there are no links, in the program's words.
        package var reason: String?

        /// Links that carry data.
        package var activeLinks: Int {
            links.values.filter { if case .active = $0 { true } else { false } }.count
        }
    }

    package let gpus: [GPU]

    package static func read(_ bytes: [UInt8]) -> Reading<NVLinks> {
        .of(bytes, source: "the output of `nvidia-smi nvlink -s`") { text throws(Damage) in
            var gpus: [GPU] = []
            for line in try text.lines() where !line.isBlank {
                let content = line.trimmed
                if let gpu = GPUList.gpu(content) {
                    gpus.append(GPU(index: gpu.index, name: gpu.name, uuid: gpu.uuid))
                } else if content.hasPrefix("$ ") || content == "[...]" {
                    text.remark(line.number, "\(Damage.quote(content)) is left out")
                } else if gpus.isEmpty {
                    throw text.foreign(line)
                } else if content.hasPrefix("Link ") {
                    try gpus[gpus.count - 1].add(content, line.number)
                } else if isReason(content) {
                    gpus[gpus.count - 1].reason = content
                } else {
                    throw unexpected(content, line.number)
                }
            }
            guard !gpus.isEmpty else { throw text.foreign(nil) }
            return NVLinks(gpus: gpus)
        }
    }

    /// `Device does not have or support Nvlink` and its relatives, whose capitals differ between drivers.
    private static func isReason(_ text: String) -> Bool { Cut.contains(text.lowercased(), "nvlink") }

    fileprivate static func unexpected(_ text: String, _ line: Int) -> Damage {
        Damage(
            .malformed,
            line: line,
            found: Damage.quote(text),
            expected: "`Link 0: 26.562 GB/s`, `Link 0: <inactive>`, an error count or the next GPU"
        )
    }
}

extension NVLinks.GPU {
    /// `Link 0: 26.562 GB/s` or `Link 0: Replay Errors: 0`
    fileprivate mutating func add(_ text: String, _ line: Int) throws(Damage) {
        guard let (head, state) = Cut.around(": ", in: text), let number = Digits.index(head, behind: "Link ") else {
            throw NVLinks.unexpected(text, line)
        }
        if state == "<inactive>" {
            links[number] = .inactive
        } else if state.hasSuffix(" GB/s"), let speed = Digits.decimal(String(state.dropLast(5))) {
            links[number] = .active(speed)
        } else if let (name, value) = Cut.around(": ", in: state), let count = Digits.count(value) {
            var counts: [String: Int] = [:]
            if case .errors(let earlier) = links[number] { counts = earlier }
            counts[name] = count
            links[number] = .errors(counts)
        } else {
            throw NVLinks.unexpected(text, line)
        }
    }
}

extension NVLinks: DocumentValue {
    package var json: JSONValue {
        [
            "gpus": .array(
                gpus.map { gpu in
                    [
                        "index": .integer(gpu.index), "name": .string(gpu.name), "uuid": .string(gpu.uuid),
                        "active_links": .integer(gpu.activeLinks), "reason": .optional(gpu.reason),
                        "links": .array(gpu.links.sorted { $0.key < $1.key }.map { Self.json($0.key, $0.value) }),
                    ]
                }
            )
        ]
    }

    private static func json(_ number: Int, _ link: Link) -> JSONValue {
        switch link {
        case .active(let speed): ["link": .integer(number), "gigabytes_per_second": .number(speed)]
        case .inactive: ["link": .integer(number), "gigabytes_per_second": 0]
        case .errors(let counts):
            [
                "link": .integer(number),
                "errors": .object(of: counts.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) }),
            ]
        }
    }

    package var sections: [DocumentSection] {
        let rows = gpus.map { gpu -> [DocumentSection.Cell] in
            let errors = gpu.links.values.reduce(0) { sum, link in
                guard case .errors(let counts) = link else { return sum }
                return counts.values.reduce(sum) { $0.addingReportingOverflow($1).partialValue }
            }
            let counts = gpu.links.values.contains { if case .errors = $0 { true } else { false } }
            let links = counts ? "\(gpu.links.count) links counted" : "\(gpu.activeLinks) of \(gpu.links.count) active"
            let state = gpu.reason ?? links
            return [
                .init("\(gpu.index)"), .init(gpu.name), .init(state),
                errors == 0 ? .init("") : .init("\(errors) errors", .bad),
            ]
        }
        return [DocumentSection("nvlinks", columns: ["gpu", "name", "links", ""], rows: rows)]
    }
}
