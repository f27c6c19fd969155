import CNodeScript

/// The programs that look at nodes, as they are embedded in this binary.
package enum ProbeScript {
    /// POSIX sh: what a node is.
    package static let bytes = Array(
        UnsafeBufferPointer(start: muster_probe_script(), count: muster_probe_script_size())
    )
    /// Python: whether nodes reach each other.
    package static let reach = Array(
        UnsafeBufferPointer(start: muster_reach_script(), count: muster_reach_script_size())
    )
    /// Python: how fast the GPUs of nodes talk.
    package static let bandwidth = Array(
        UnsafeBufferPointer(start: muster_bandwidth_script(), count: muster_bandwidth_script_size())
    )
}
