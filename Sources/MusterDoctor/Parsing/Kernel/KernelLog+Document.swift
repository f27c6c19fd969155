package import MusterSpec

extension KernelLog: DocumentValue {
    package var json: JSONValue {
        [
            "lines": .integer(lineCount),
            "events": .array(
                events.map { event in
                    JSONValue.object(of: [("line", .integer(event.line)), ("time", .optional(event.time?.text))])
                        .adding(event.kind.json)
                        .adding(["message": .string(event.message)])
                }
            ),
        ]
    }

    package var sections: [DocumentSection] {
        guard !events.isEmpty else {
            return [DocumentSection(nil, lines: [.init("nothing of interest in \(lineCount) lines", .good)])]
        }
        // A fault repeats itself, often thousands of times: what reads the same is counted, not listed.
        var first: [[String]: Int] = [:]
        var groups: [(event: Event, count: Int)] = []
        for event in events {
            let summary = event.kind.summary
            let key = [summary.what, summary.place]
            if let group = first[key] {
                groups[group].count += 1
            } else {
                first[key] = groups.count
                groups.append((event, 1))
            }
        }
        let rows = groups.map { event, count -> [DocumentSection.Cell] in
            let (what, place, action, tone) = event.kind.summary
            return [
                .init("\(event.line)", .faint), .init(event.time?.text ?? ""), .init("\(count)"), .init(what, tone),
                .init(place), .init(action),
            ]
        }
        let columns = ["line", "first at", "times", "what", "where", "do"]
        return [DocumentSection("events", columns: columns, rows: rows)]
    }
}

extension KernelLog.Time {
    fileprivate var text: String {
        switch self {
        case .date(let date): date
        case .sinceBoot(let micros):
            "\(micros / 1_000_000).\(String(String(micros % 1_000_000 + 1_000_000).dropFirst()))"
        }
    }
}

extension KernelLog.Kind {
    fileprivate var summary: (what: String, place: String, action: String, tone: DocumentSection.Tone) {
        func text(_ address: PCIAddress?) -> String { address?.description ?? "" }
        switch self {
        case .xid(let xid):
            let triage = xid.triage
            let tone: DocumentSection.Tone = triage.isFatal ? .bad : .doubtful
            return ("Xid \(xid.number): \(triage.meaning)", text(xid.address), triage.action.rawValue, tone)
        case .switchXid(let address, let number, let isFatal):
            return ("SXid \(number) of an NVSwitch", text(address), "", isFatal ? .bad : .doubtful)
        case .fallenOffBus(let address):
            return ("the GPU fell off the bus", text(address), XidTriage.Action.restartMachine.rawValue, .bad)
        case .driverFailure(let address): return ("the driver failed", text(address), "", .bad)
        case .narrowLink(let link):
            let width = link.width.map { "x\($0)" } ?? "?"
            let capable = link.capableWidth.map { "x\($0)" } ?? "?"
            let place = link.limitedBy.map { "\(text(link.device)) at \($0)" } ?? text(link.device)
            return ("PCIe link \(width) of \(capable)", place, "check slot and bifurcation", .doubtful)
        case .pcieError(let address, let isCorrected):
            return (isCorrected ? "corrected PCIe error" : "PCIe error", text(address), "", isCorrected ? .plain : .bad)
        case .outOfMemory(let kill):
            let victim = kill.process ?? kill.pid.map(String.init) ?? "?"
            return ("out of memory, killed \(victim)", kill.isControlGroup == true ? "control group" : "", "", .bad)
        case .nic(let address): return ("the NIC's driver complains", text(address), "", .doubtful)
        case .peerMemory: return ("nvidia-peermem complains", "", "", .doubtful)
        case .machineCheck: return ("machine check", "", "", .bad)
        }
    }

    fileprivate var json: JSONValue {
        func text(_ address: PCIAddress?) -> JSONValue { .optional(address?.description) }
        switch self {
        case .xid(let xid):
            return [
                "kind": "xid", "pci_address": text(xid.address), "number": .integer(xid.number),
                "pid": .optional(xid.pid), "process": .optional(xid.process),
                "meaning": .string(xid.triage.meaning), "action": .string(xid.triage.action.rawValue),
            ]
        case .switchXid(let address, let number, let isFatal):
            return [
                "kind": "sxid", "pci_address": text(address), "number": .integer(number), "fatal": .boolean(isFatal),
            ]
        case .fallenOffBus(let address): return ["kind": "off_bus", "pci_address": text(address)]
        case .driverFailure(let address): return ["kind": "driver", "pci_address": text(address)]
        case .narrowLink(let link):
            return [
                "kind": "narrow_link", "pci_address": text(link.device), "limited_by": text(link.limitedBy),
                "available_gigabits": .number(link.available),
                "capable_gigabits": link.capable.map(JSONValue.number) ?? .null, "width": .optional(link.width),
                "capable_width": .optional(link.capableWidth),
            ]
        case .pcieError(let address, let isCorrected):
            return ["kind": "pcie_error", "pci_address": text(address), "corrected": .boolean(isCorrected)]
        case .outOfMemory(let kill):
            return [
                "kind": "out_of_memory", "pid": .optional(kill.pid), "process": .optional(kill.process),
                "control_group": kill.isControlGroup.map(JSONValue.boolean) ?? .null,
            ]
        case .nic(let address): return ["kind": "nic", "pci_address": text(address)]
        case .peerMemory: return ["kind": "peer_memory"]
        case .machineCheck: return ["kind": "machine_check"]
        }
    }
}
