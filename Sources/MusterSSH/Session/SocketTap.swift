import Glibc

/// What libssh2 reads from and writes to instead of the socket itself.
///
/// libssh2 asks for its peer's first line byte by byte, and asks the socket again on every call of every operation.
/// The tap reads ahead, remembers that the socket is drained until epoll says otherwise, and counts, which is how
/// the pump knows that an operation pulled in packets for another one.
final class SocketTap {
    private let fd: Int32
    private var closed = false
    private var drained = false
    private let buffer = UnsafeMutableRawPointer.allocate(byteCount: 16 << 10, alignment: 16)
    private let capacity = 16 << 10
    private var start = 0
    private var end = 0
    /// Bytes received so far.
    private(set) var received: UInt64 = 0
    /// The peer's clear text, kept while the first key exchange may still fail and need explaining.
    private(set) var transcript: [UInt8]? = []

    /// Takes ownership of `fd`.
    init(_ fd: Int32) {
        self.fd = fd
    }

    deinit {
        shut()
        buffer.deallocate()
    }

    /// Closes the descriptor; from here on libssh2 sees a broken pipe and can free its structures without I/O on a
    /// descriptor number that may be somebody else's by then.
    func shut() {
        guard !closed else { return }
        closed = true
        close(fd)
    }

    /// Says that the socket may have more to read.
    func refill() { drained = false }

    /// Drops the transcript once keys are agreed.
    func endTranscript() { transcript = nil }

    /// Whether the kernel would take a small packet whole.
    var isWritable: Bool {
        guard !closed else { return false }
        var poll = pollfd(fd: fd, events: Int16(POLLOUT), revents: 0)
        return Glibc.poll(&poll, 1, 0) == 1 && poll.revents & Int16(POLLOUT) != 0
    }

    /// What `recv` would return, with errors as negative `errno`, which is libssh2's convention for its callbacks.
    func receive(into target: UnsafeMutableRawPointer, count: Int) -> Int {
        if start < end {
            let length = min(count, end - start)
            target.copyMemory(from: buffer + start, byteCount: length)
            start += length
            return length
        }
        guard !closed else { return -Int(EPIPE) }
        guard !drained else { return -Int(EAGAIN) }
        guard count < 512 else { return fill(target, count) }
        let got = fill(buffer, capacity)
        guard got > 0 else { return got }
        (start, end) = (0, got)
        return receive(into: target, count: count)
    }

    private func fill(_ target: UnsafeMutableRawPointer, _ count: Int) -> Int {
        var got: Int
        repeat { got = recv(fd, target, count, Int32(MSG_NOSIGNAL)) } while got < 0 && errno == EINTR
        guard got > 0 else {
            if got == 0 { return 0 }
            if errno == EAGAIN { drained = true }
            return -Int(errno)
        }
        // A short read of a stream socket means that it is empty now; epoll is level-triggered, so nothing is missed.
        drained = got < count
        received += UInt64(got)
        if transcript != nil, (transcript?.count ?? 0) < 64 << 10 {
            transcript?.append(contentsOf: UnsafeRawBufferPointer(start: target, count: got))
        }
        return got
    }

    func send(_ source: UnsafeRawPointer, count: Int) -> Int {
        guard !closed else { return -Int(EPIPE) }
        var sent: Int
        repeat { sent = Glibc.send(fd, source, count, Int32(MSG_NOSIGNAL)) } while sent < 0 && errno == EINTR
        return sent < 0 ? -Int(errno) : sent
    }
}
