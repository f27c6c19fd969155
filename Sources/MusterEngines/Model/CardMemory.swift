package import MusterSpec

/// The memory of one GPU.
package struct CardMemory: Hashable, Sendable {
    /// What the card has, as `nvidia-smi` prints it.
    package let total: ByteCount
    /// What is free of it when nobody uses the card; the driver keeps the rest.
    package let free: ByteCount

    package init(total: ByteCount, free: ByteCount) {
        self.total = total
        self.free = free
    }

    /// A card of which nothing else is known.
    package init(total: ByteCount) {
        self.init(total: total, free: ByteCount(bytes: max(0, total.bytes - Self.usualReserve)))
    }

    /// What the driver keeps of cards of 45 to 96 GiB, in bytes.
    private static let usualReserve = 600 << 20
}

/// What is gone of a card before the first weight is loaded, in GiB: the CUDA context and NCCL's buffers, which grow
/// with channels and ranks. 0.5 to 1.5 were seen, and 0.75 with 32 ranks on L40S.
enum RuntimeMemory {
    static let likely = 0.75
    static let least = 0.5
}
