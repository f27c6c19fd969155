import MusterSpec

/// The messages that are reduced. A small one shows what each exchange costs, which decides how fast tokens come; a large
/// one shows how much goes through, which decides how fast a prompt is read.
enum BandwidthSize {
    static let small = ByteCount(bytes: 64 << 10)
    static let large = ByteCount(bytes: 256 << 20)

    /// How often each is reduced: `65536:50`.
    static let words = ["\(small.bytes):50", "\(large.bytes):5"]

    /// What each rank sends and receives of a message that so many reduce, as a part of its size.
    static func share(ranks: Int) -> Double { ranks < 2 ? 0 : 2 * Double(ranks - 1) / Double(ranks) }

    /// Bandwidth that compares with the hardware's, in decimal GB/s.
    ///
    /// - Parameters:
    ///   - size: Of the message.
    ///   - time: Of one reduction, in microseconds.
    ///   - ranks: How many reduce.
    /// - Returns: Nothing for a time that cannot be.
    static func busBandwidth(of size: ByteCount, in time: Double, ranks: Int) -> Double? {
        guard time > 0, time.isFinite else { return nil }
        return Double(size.bytes) / time / 1000 * share(ranks: ranks)
    }
}
