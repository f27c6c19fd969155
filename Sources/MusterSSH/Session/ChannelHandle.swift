import CLibSSH2

/// A `LIBSSH2_CHANNEL`; its session must outlive it.
///
/// Not freed by `deinit`: freeing sends a packet and may have to be repeated, so the owner calls `free()` until it
/// says something other than `LIBSSH2_ERROR_EAGAIN`. `libssh2_session_free` frees channels that were not.
struct ChannelHandle: ~Copyable {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    func start(command: String) -> Int32 {
        libssh2_channel_process_startup(pointer, "exec", 4, command, UInt32(command.utf8.count))
    }

    func read(stream: Int32, into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        buffer.withMemoryRebound(to: CChar.self) {
            libssh2_channel_read_ex(pointer, stream, $0.baseAddress, $0.count)
        }
    }

    func write(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        bytes.withMemoryRebound(to: CChar.self) {
            libssh2_channel_write_ex(pointer, 0, $0.baseAddress, $0.count)
        }
    }

    func sendEOF() -> Int32 { libssh2_channel_send_eof(pointer) }

    /// Whether the peer sent EOF (or closed) and everything before it was read.
    var isAtEnd: Bool { libssh2_channel_eof(pointer) == 1 }

    /// Waits for the peer's close; the exit status arrives before it. Only legal at the end of the output.
    func awaitClose() -> Int32 { libssh2_channel_wait_closed(pointer) }

    func close() -> Int32 { libssh2_channel_close(pointer) }

    /// Frees the channel unless the answer is `LIBSSH2_ERROR_EAGAIN`.
    func free() -> Int32 { libssh2_channel_free(pointer) }

    /// The signal, else the status. libssh2 reads 0 where nothing was received, so ask only after the peer's close.
    func exit(in session: borrowing SessionHandle) -> SSHExecResult.Exit {
        var name: UnsafeMutablePointer<CChar>?
        var length = 0
        libssh2_channel_get_exit_signal(pointer, &name, &length, nil, nil, nil, nil)
        guard let name else { return .status(libssh2_channel_get_exit_status(pointer)) }
        defer { session.release(name) }
        return .signal(String(cString: name))
    }
}

extension SessionHandle {
    /// Gives memory that libssh2 allocated for the caller back to it.
    func release(_ memory: UnsafeMutablePointer<CChar>) { libssh2_free(pointer, memory) }

    /// The code of a failure after which nothing more can be done with the session.
    static func isFatal(_ code: Int32) -> Bool {
        switch code {
        case LIBSSH2_ERROR_SOCKET_NONE, LIBSSH2_ERROR_BANNER_RECV, LIBSSH2_ERROR_BANNER_SEND,
            LIBSSH2_ERROR_INVALID_MAC, LIBSSH2_ERROR_KEX_FAILURE, LIBSSH2_ERROR_ALLOC, LIBSSH2_ERROR_SOCKET_SEND,
            LIBSSH2_ERROR_KEY_EXCHANGE_FAILURE, LIBSSH2_ERROR_DECRYPT, LIBSSH2_ERROR_SOCKET_DISCONNECT,
            LIBSSH2_ERROR_SOCKET_TIMEOUT, LIBSSH2_ERROR_BAD_USE, LIBSSH2_ERROR_COMPRESS,
            LIBSSH2_ERROR_OUT_OF_BOUNDARY, LIBSSH2_ERROR_SOCKET_RECV, LIBSSH2_ERROR_ENCRYPT,
            LIBSSH2_ERROR_BAD_SOCKET, LIBSSH2_ERROR_ZLIB, LIBSSH2_ERROR_RANDGEN:
            true
        default: false
        }
    }
}
