/// What a node measures of a unit, whether it prints anything or not.
package struct UnitActivity: Hashable, Sendable {
    /// What background reading and a driver's own bookkeeping may come to between two looks.
    private static let noise = (mebibytes: 64, bytes: 16 << 20)

    /// MiB in use on each GPU of the node; empty where they cannot be measured.
    package var memory: [Int]
    /// Bytes that processes of the unit have read, from files, caches and sockets.
    package var read: Int

    package init(memory: [Int], read: Int) {
        self.memory = memory
        self.read = read
    }

    /// Takes in a later look; true when it shows that the unit works.
    mutating func take(_ other: UnitActivity) -> Bool {
        // A context that another process gives back hides nothing: what counts is a new highest.
        let fills = zip(other.memory, memory).contains { Self.hasGrown($1, to: $0, by: Self.noise.mebibytes) }
        let reads = Self.hasGrown(read, to: other.read, by: Self.noise.bytes)
        if memory.count == other.memory.count {
            memory = zip(memory, other.memory).map { max($0, $1) }
        } else {
            memory = other.memory
        }
        // Processes that have ended take their count along.
        read = other.read
        return fills || reads
    }

    /// The numbers are a node's word and may be any.
    private static func hasGrown(_ before: Int, to now: Int, by least: Int) -> Bool {
        let (bound, overflow) = before.addingReportingOverflow(least)
        return !overflow && now >= bound
    }
}
