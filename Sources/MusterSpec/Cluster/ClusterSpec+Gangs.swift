extension ClusterSpec {
    /// The file as one spec per replica: each with its own run of the nodes, and with all else as it stands. Nodes that
    /// do not divide are left as one run; the file is in error then.
    package var gangs: [ClusterSpec] {
        let count = replicas.value
        guard count > 1, !nodes.isEmpty, nodes.count.isMultiple(of: count) else { return [self] }
        let size = nodes.count / count
        return (0..<count).map { index in
            var gang = self
            gang.replica = index
            gang.nodes = Array(nodes[index * size..<(index + 1) * size])
            return gang
        }
    }
}
