/// Lines from bytes that come in pieces of any length. A line ends with LF or CR LF.
struct LineSplitter {
    /// A line that is longer is none of the daemon's.
    static let longest = 16 << 20

    /// What is left of the bytes, read from `start` on.
    private var bytes: [UInt8] = []
    private var start = 0
    /// Bytes before this one are known to hold no line's end.
    private var looked = 0

    var isTooLong: Bool { bytes.count - start > Self.longest }

    mutating func feed(_ more: some Sequence<UInt8>) {
        if start > 0 {
            bytes.removeFirst(start)
            (looked, start) = (looked - start, 0)
        }
        bytes += more
    }

    /// The next whole line, without its end.
    mutating func next() -> String? {
        guard let end = bytes[looked...].firstIndex(of: 0x0a) else {
            looked = bytes.count
            return nil
        }
        defer { (start, looked) = (end + 1, end + 1) }
        return text(upTo: end)
    }

    /// What stands behind the last line's end, when nothing more comes.
    mutating func rest() -> String? {
        guard start < bytes.count else { return nil }
        defer { (start, looked) = (bytes.count, bytes.count) }
        return text(upTo: bytes.count)
    }

    private func text(upTo end: Int) -> String {
        let line = bytes[start..<end]
        return String(decoding: line.last == 0x0d ? line.dropLast() : line, as: UTF8.self)
    }
}
