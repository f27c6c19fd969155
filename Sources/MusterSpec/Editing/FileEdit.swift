/// One value of the cluster file that is to become another.
package struct FileEdit: Hashable, Sendable {
    /// Where it stands: `["nodes", "2", "rdma_gid_index"]`, or `["rdma_gid_index"]` for all nodes. Nodes and spares are
    /// counted from 0 with ranges expanded.
    package var path: [String]
    /// The YAML that is to stand there, on one line.
    package var value: String

    package init(path: [String], value: String) {
        self.path = path
        self.value = value
    }
}

/// Why an edit was not made.
package struct EditRefusal: Error, Hashable, Sendable {
    package let edit: FileEdit
    /// Lower case, no final period.
    package let reason: String
}
