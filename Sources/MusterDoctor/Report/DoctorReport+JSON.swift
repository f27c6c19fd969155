package import MusterSpec

extension DoctorReport {
    /// `muster.doctor/1`
    package var json: JSONValue {
        [
            "format": "muster.doctor/1",
            "name": .string(name),
            "file": .string(file),
            "errors": .integer(errorCount),
            "warnings": .integer(warningCount),
            "findings": .array(
                groups.map { group in
                    group.root.json.adding([
                        "consequences": .array(group.consequences.map(\.json))
                    ])
                }
            ),
            "nodes": .array(
                nodes.map { node in
                    [
                        "name": .string(node.node), "errors": .integer(node.errors),
                        "warnings": .integer(node.warnings), "gpus": .optional(node.gpus),
                        "rdma_ports_used": .integer(node.usedPorts), "rdma_ports": .integer(node.ports),
                    ]
                }
            ),
            "choices": .array(fabric.choices.map(\.json)),
            "fabric": .array(fabric.rows.map(\.json)),
            "deep": bandwidth?.json ?? .null,
            "reachability": grid.map { .array($0.ways.map(\.json)) } ?? .null,
            "unknown": .array(
                unknowns.map { unknown in
                    [
                        "what": .string(unknown.what), "reason": .string(unknown.reason),
                        "nodes": .array(unknown.nodes.map(JSONValue.string)),
                    ]
                }
            ),
        ]
    }
}

extension Finding {
    package var json: JSONValue {
        [
            "code": .string(code.description),
            "severity": .string(severity.rawValue),
            "nodes": .array(nodes.map(JSONValue.string)),
            "subject": .optional(subject),
            "message": .string(message),
            "measured": .optional(measured),
            "expected": .optional(expected),
            "change": .string(change),
            "line": .optional(span?.line),
            "column": .optional(span?.column),
            "edit": edit.map { edit in
                ["path": .array(edit.path.map(JSONValue.string)), "value": .string(edit.value)]
            } ?? .null,
        ]
    }
}

extension FabricTable.Choice {
    fileprivate var json: JSONValue {
        [
            "node": .string(node), "tcp_iface": .optional(interface), "tcp_iface_auto": .boolean(isInterfaceChosen),
            "rdma_gid_index": .optional(gidIndex), "rdma_gid_index_auto": .boolean(isIndexChosen),
            "rdma_hcas": .array(hcas.map(JSONValue.string)), "rdma_hcas_auto": .boolean(areHCAsChosen),
        ]
    }
}

extension FabricTable.Row {
    fileprivate var json: JSONValue {
        let (isUsed, index, reason): (Bool, Int?, String?) =
            switch use {
            case .used(let index): (true, index, nil)
            case .unused(let reason): (false, nil, reason)
            }
        return [
            "node": .string(node), "hca": .string(hca), "port": .integer(port),
            "address": .optional(address?.description), "path": .optional(path?.description),
            "state": .optional(state?.description), "physical_state": .optional(physicalState?.description),
            "rate_gigabits": rate.map(JSONValue.number) ?? .null, "interface_mtu": .optional(interfaceMTU),
            "link_layer": .optional(linkLayer?.rawValue), "netdev": .optional(netdev),
            "numa_node": .optional(numaNode), "in_use": .boolean(isUsed), "gid_index": .optional(index),
            "unused_because": .optional(reason),
            "gids": .array(
                gids.map { entry in
                    [
                        "index": .integer(entry.index), "gid": .string(entry.gid.description),
                        "kind": .optional(entry.kind?.rawValue), "ipv4": .optional(entry.gid.ipv4?.text),
                        "netdev": .optional(entry.netdev),
                    ]
                }
            ),
            "distances": .object(
                of: distances.sorted { $0.key < $1.key }.map { ("\($0.key)", .string($0.value.description)) }
            ),
        ]
    }
}

extension ReachabilityGrid.Way {
    fileprivate var json: JSONValue {
        func text<Value: CustomStringConvertible>(_ known: Known<Value>) -> JSONValue {
            known.value.map { .string($0.description) } ?? .null
        }
        return [
            "from": .string(from), "to": .string(to), "address": .string(address.text), "interface": text(interface),
            "rendezvous": text(rendezvous), "ephemeral": text(ephemeral), "packets": text(packets),
        ]
    }
}
