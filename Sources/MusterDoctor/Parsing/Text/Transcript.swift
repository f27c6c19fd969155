/// The bytes of one program's output on their way through a parser, and what was remarked on the way.
struct Transcript: Sendable {
    /// Far above what any of the programs prints; a kernel log of a year stays below it.
    static let largest = 64 << 20
    /// More remarks say nothing more.
    static let mostRemarks = 20

    let bytes: [UInt8]
    /// What the text should be, as messages say it.
    let source: String
    private(set) var remarks: [Remark] = []
    private var unsaid = 0

    init(_ bytes: [UInt8], source: String) {
        self.bytes = bytes
        self.source = source
    }

    /// Notes something odd that does not stop the reading. Only the first few are kept.
    mutating func remark(_ line: Int? = nil, _ message: String) {
        if remarks.count < Self.mostRemarks {
            remarks.append(Remark(line: line, message: message))
            return
        }
        if unsaid == 0 { remarks.append(Remark(line: nil, message: "")) }
        unsaid += 1
        remarks[Self.mostRemarks] = Remark(line: nil, message: "and \(unsaid) more")
    }

    /// The lines of the text without colour escapes; blank lines are kept, leading `# source:` comments are not.
    func lines() throws(Damage) -> [Line] {
        guard bytes.count <= Self.largest else {
            throw Damage(
                .tooLarge,
                found: "\(bytes.count) bytes",
                expected: "at most \(Self.largest) bytes of \(source)",
                hint: "cut the part that matters out of the file"
            )
        }
        let lines = LineSplitter.lines(of: bytes)
        guard lines.contains(where: { !$0.isBlank }) else {
            throw Damage(
                .empty,
                found: "nothing",
                expected: source,
                hint: "the program printed nothing to its standard output: see what it said on the other one"
            )
        }
        return lines
    }

    /// The damage of a text that is not what it should be at all.
    func foreign(_ line: Line?, found: String? = nil) -> Damage {
        let quoted = found ?? line.map { Damage.quote($0.trimmed) } ?? "nothing of it"
        return Damage(
            .foreign,
            line: line?.number,
            found: quoted,
            expected: source,
            hint: "name the kind of output this is, or run the program again"
        )
    }

    /// What a program prints instead of its output: taken for the reason where nothing could be read.
    func failure(behind damage: Damage) -> Damage? {
        // A complaint is short and stands at the top, where the reading ends at once.
        guard damage.reason == .foreign || damage.reason == .malformed, damage.line ?? 1 <= 4 else { return nil }
        for line in LineSplitter.lines(of: Array(bytes.prefix(1024))).prefix(4) where !line.isBlank {
            let text = line.trimmed
            guard ProgramFailure.isReported(in: text) else { continue }
            return Damage(
                .failed,
                line: line.number,
                found: Damage.quote(text),
                expected: source,
                hint: "run the command on the node by hand, as the user muster connects as"
            )
        }
        return nil
    }
}

/// What programs say when they could not do what they were asked.
enum ProgramFailure {
    static func isReported(in text: String) -> Bool {
        texts.contains { Cut.contains(text, $0) }
    }

    private static let texts = [
        "NVIDIA-SMI has failed", "Failed to initialize NVML", "Unable to determine the device handle",
        "No devices were found", "No devices found", "is not a valid field to query", "Invalid combination of input",
        "command not found", "not found in $PATH", ": not found", "No such file or directory", "Permission denied",
        "Operation not permitted", "Insufficient Permissions", "RTNETLINK answers", "Failed to get IB devices list",
        "No IB devices found", "Couldn't connect to", "Unable to open", "GPU is lost",
    ]
}
