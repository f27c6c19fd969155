package import MusterSpec

/// What takes the place of `auto` in a cluster file.
package enum AutomaticValues {
    /// The edits that make a file say what was chosen. A value that is the same on all nodes that want one is written once;
    /// where nothing could be chosen, `auto` stays and the choice is NCCL's.
    ///
    /// - Parameters:
    ///   - spec: The file.
    ///   - table: What was chosen for its nodes.
    /// - Returns: Edits for the file's text; none where it says everything.
    package static func edits(_ spec: ClusterSpec, _ table: FabricTable) -> [FileEdit] {
        let choices = Dictionary(table.choices.map { ($0.node, $0) }, uniquingKeysWith: { first, _ in first })
        return edits(
            spec,
            "tcp_iface",
            whole: spec.tcpInterface?.value == automatic,
            own: { $0.tcpInterface.map { $0.value == automatic } },
            chosen: { choices[$0]?.interface }
        )
            + edits(
                spec,
                "rdma_gid_index",
                whole: spec.gidIndex?.value == .automatic,
                own: { $0.gidIndex.map { $0.value == .automatic } },
                chosen: { choices[$0]?.gidIndex.map(String.init) }
            )
    }

    /// Whether a file leaves anything to be chosen.
    package static func areWanted(by spec: ClusterSpec) -> Bool {
        let nodes = spec.nodes + spec.spares
        return spec.tcpInterface?.value == automatic || spec.gidIndex?.value == .automatic
            || nodes.contains { $0.tcpInterface?.value == automatic || $0.gidIndex?.value == .automatic }
    }

    private static let automatic = "auto"

    private static func edits(
        _ spec: ClusterSpec,
        _ key: String,
        whole: Bool,
        own: (NodeSpec) -> Bool?,
        chosen: (String) -> String?
    ) -> [FileEdit] {
        var places: [(path: [String], sharing: Bool, value: String)] = []
        for (list, nodes) in [("nodes", spec.nodes), ("spares", spec.spares)] {
            for (index, node) in nodes.enumerated() where own(node) ?? whole {
                guard let value = chosen(node.name) else { continue }
                places.append(([list, String(index), key], own(node) == nil, value))
            }
        }
        let shared = Set(places.filter(\.sharing).map(\.value))
        guard whole, shared.count == 1, let value = shared.first else {
            return places.map { FileEdit(path: $0.path, value: $0.value) }
        }
        return [FileEdit(path: [key], value: value)]
            + places.filter { !$0.sharing }.map { FileEdit(path: $0.path, value: $0.value) }
    }
}
