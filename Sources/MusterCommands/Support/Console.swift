import Glibc
import MusterSpec
import MusterTerminal
import Synchronization

/// The two output streams: data on standard output, everything said to a person on standard error.
final class Console: Sendable {
    /// A stream as it is at the start of the process.
    struct Stream: Sendable {
        let descriptor: Int32
        let isTerminal: Bool
        let style: Style
    }

    let out: Stream
    let talk: Stream
    private let live = Mutex(LiveFrame())

    init(environment: [String: String]) {
        out = Self.stream(STDOUT_FILENO, environment)
        talk = Self.stream(STDERR_FILENO, environment)
    }

    /// Whether a frame may be redrawn in place.
    var isLive: Bool { talk.isTerminal && getenv("TERM").map { strcmp($0, "dumb") != 0 } ?? false }

    /// The width of the terminal, or what lines are cut to when there is none.
    var width: Int {
        var size = winsize()
        let descriptor = talk.isTerminal ? talk.descriptor : out.descriptor
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
        return max(40, Int(size.ws_col))
    }

    /// Data. A reader that has gone away ends the process quietly, as it ends `cat`.
    func data(_ text: String) {
        guard Self.write(Array(text.utf8), to: out.descriptor) else { exit(MusterExit.ok.rawValue) }
    }

    func data(line: String) { data(line + "\n") }

    /// Bytes as they are.
    func data(bytes: [UInt8]) {
        guard Self.write(bytes, to: out.descriptor) else { exit(MusterExit.ok.rawValue) }
    }

    /// Something for a person, above a live frame if there is one.
    func say(_ text: String) {
        live.withLock { frame in
            let clear = frame.clear()
            // A talk stream that is gone leaves nobody to tell.
            _ = Self.write(Array((clear + text + "\n").utf8), to: talk.descriptor)
        }
    }

    /// Shows lines in place of the ones before; they must fit the width.
    func show(_ lines: [String]) {
        guard isLive else { return }
        live.withLock { frame in
            let text = frame.redraw(lines)
            if !text.isEmpty { _ = Self.write(Array(text.utf8), to: talk.descriptor) }
        }
    }

    /// Takes the live frame away.
    func clear() {
        live.withLock { frame in
            let text = frame.clear()
            if !text.isEmpty { _ = Self.write(Array(text.utf8), to: talk.descriptor) }
        }
    }

    /// Whether somebody is there to answer.
    var canAsk: Bool { isatty(STDIN_FILENO) == 1 && talk.isTerminal }

    /// Asks a question that is answered with `y` or anything else. Without a terminal nobody can answer.
    func confirm(_ question: String) -> Bool {
        guard canAsk else { return false }
        clear()
        _ = Self.write(Array("\(question) [y/N] ".utf8), to: talk.descriptor)
        let answer = readLine(strippingNewline: true)?.lowercased()
        return answer == "y" || answer == "yes"
    }

    private static func stream(_ descriptor: Int32, _ environment: [String: String]) -> Stream {
        let isTerminal = isatty(descriptor) == 1
        return Stream(
            descriptor: descriptor,
            isTerminal: isTerminal,
            style: .suitable(isTerminal: isTerminal, environment: environment)
        )
    }

    /// True unless the stream is closed or broken.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                // Somebody made the stream non-blocking; wait for room rather than lose text.
                var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&poller, 1, -1)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}
