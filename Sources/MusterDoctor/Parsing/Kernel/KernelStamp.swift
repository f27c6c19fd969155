/// What stands before a kernel message: time, facility, host.
enum KernelStamp {
    /// Cuts it off; nothing where there is no time.
    static func cut(_ line: String) -> (time: KernelLog.Time?, message: String) {
        var rest = line
        // `<6>` of the raw buffer, `kern  :warn  : ` of `dmesg -x`.
        if rest.hasPrefix("<"), let (level, tail) = Cut.around(">", in: rest), level.utf8.count <= 4 { rest = tail }
        if rest.hasPrefix("kern  :") || rest.hasPrefix("kern :") {
            let parts = Cut.after(":", in: rest).flatMap { Cut.after(": ", in: $0) }
            if let parts { rest = Cut.trim(parts) }
        }
        if rest.hasPrefix("["), let (inside, tail) = Cut.around("]", in: String(rest.dropFirst())) {
            if let time = bracketed(Cut.trim(inside)) { return (time, Cut.trim(tail)) }
        }
        if let first = rest.utf8.first, Digits.isDigit(first) {
            if let record = record(rest) { return record }
            if let (date, tail) = Cut.around(" ", in: rest), isISODate(date) { return (.date(date), message(tail)) }
        } else if let syslog = syslog(rest) {
            return syslog
        }
        return (nil, Cut.trim(rest))
    }

    /// `   7.000123`, or `Mon Mar  3 09:10:11 2025`
    private static func bracketed(_ text: String) -> KernelLog.Time? {
        let parts = Cut.split(text, UInt8(ascii: "."))
        if parts.count == 2, parts[1].utf8.count == 6, let seconds = Digits.count(parts[0]),
            let micros = Digits.count(parts[1]), seconds < 1 << 40
        {
            return .sinceBoot(seconds * 1_000_000 + micros)
        }
        let words = Cut.words(text)
        return words.count == 5 && isClock(words[3]) ? .date(text) : nil
    }

    /// A record of `/dev/kmsg`: `6,41,1002003,-;message`, the time in microseconds.
    private static func record(_ text: String) -> (KernelLog.Time?, String)? {
        guard let (head, message) = Cut.around(";", in: text), head.utf8.count <= 64 else { return nil }
        let fields = Cut.split(head, UInt8(ascii: ","))
        guard fields.count >= 3, Digits.count(fields[0]) != nil, Digits.count(fields[1]) != nil,
            let micros = Digits.count(fields[2])
        else { return nil }
        return (.sinceBoot(micros), message)
    }

    /// `Mar 13 09:10:11 host kernel: message`
    private static func syslog(_ text: String) -> (KernelLog.Time?, String)? {
        let head = Cut.words(String(decoding: text.utf8.prefix(15), as: UTF8.self))
        guard head.count == 3, head[0].utf8.count == 3, Digits.count(head[1]) != nil, isClock(head[2]) else {
            return nil
        }
        return (.date(head.joined(separator: " ")), message(String(decoding: text.utf8.dropFirst(15), as: UTF8.self)))
    }

    /// `host kernel: message`, or the message itself where `dmesg` wrote the date.
    private static func message(_ text: String) -> String { Cut.trim(Cut.after("kernel: ", in: text) ?? text) }

    /// `2025-03-04T05:06:07,123456+00:00`
    private static func isISODate(_ text: String) -> Bool {
        let bytes = Array(text.utf8.prefix(20))
        return bytes.count >= 19 && bytes[4] == UInt8(ascii: "-") && bytes[10] == UInt8(ascii: "T")
            && bytes[13] == UInt8(ascii: ":")
    }

    private static func isClock(_ text: String) -> Bool {
        let parts = Cut.split(text, UInt8(ascii: ":"))
        return parts.count == 3 && parts.allSatisfy { $0.utf8.count == 2 && Digits.count($0) != nil }
    }
}
