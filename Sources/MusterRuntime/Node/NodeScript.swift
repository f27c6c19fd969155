import CNodeScript
package import MusterPlan

/// The script every node runs, as it is embedded in this binary.
package enum NodeScript {
    /// Its bytes.
    package static let bytes = Array(UnsafeBufferPointer(start: muster_node_script(), count: muster_node_script_size()))

    /// What tells two versions apart on a node; the first 12 digits name the file.
    package static let hash = Digest(of: bytes)

    /// The script's path below a state directory.
    package static func path(in stateDirectory: String) -> String {
        "\(stateDirectory)/bin/node-\(hash.short).sh"
    }
}
