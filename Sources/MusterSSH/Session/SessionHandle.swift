import CLibSSH2
import Glibc

/// A `LIBSSH2_SESSION`, freed exactly once, on the loop that owns it.
struct SessionHandle: ~Copyable {
    let pointer: OpaquePointer
    // libssh2 keeps an unretained pointer to the tap, so the handle keeps the tap alive until the session is freed.
    private let tap: SocketTap

    init?(tap: SocketTap) {
        let context = Unmanaged.passUnretained(tap).toOpaque()
        guard let pointer = libssh2_session_init_ex(nil, nil, nil, context) else { return nil }
        self.pointer = pointer
        self.tap = tap
        libssh2_session_set_blocking(pointer, 0)
        libssh2_session_callback_set(pointer, LIBSSH2_CALLBACK_RECV, TapCallback.receive)
        libssh2_session_callback_set(pointer, LIBSSH2_CALLBACK_SEND, TapCallback.send)
    }

    deinit {
        // A closed tap answers every send at once with an error, so freeing cannot ask to be called again.
        tap.shut()
        libssh2_session_free(pointer)
    }

    /// Runs the banner and key exchange; 0, `LIBSSH2_ERROR_EAGAIN` or an error.
    func handshake(_ fd: Int32) -> Int32 { libssh2_session_handshake(pointer, fd) }

    /// Says goodbye to the peer.
    func disconnect() -> Int32 {
        libssh2_session_disconnect_ex(pointer, SSH_DISCONNECT_BY_APPLICATION, "closed by the client", "")
    }

    /// Orders the algorithms of one kind; names this library lacks are skipped by libssh2.
    func prefer(_ method: Int32, _ names: [String]) {
        _ = libssh2_session_method_pref(pointer, method, names.joined(separator: ","))
    }

    /// The algorithms of one kind that this library has.
    func supported(_ method: Int32) -> [String] {
        var list: UnsafeMutablePointer<UnsafePointer<CChar>?>?
        let count = libssh2_session_supported_algs(pointer, method, &list)
        guard count > 0, let list else { return [] }
        defer { libssh2_free(pointer, list) }
        return (0..<Int(count)).compactMap { list[$0].map { String(cString: $0) } }
    }

    /// The host's public key in wire format, after the handshake.
    var hostKey: [UInt8]? {
        var length = 0
        var type: Int32 = 0
        guard let bytes = libssh2_session_hostkey(pointer, &length, &type) else { return nil }
        return [UInt8](UnsafeRawBufferPointer(start: bytes, count: length))
    }

    /// Whether the last call left a packet half sent. Until that call is repeated, libssh2 answers every other send
    /// with `BAD_USE`.
    var holdsUnsentPacket: Bool {
        libssh2_session_block_directions(pointer) & LIBSSH2_SESSION_BLOCK_OUTBOUND != 0
    }

    /// Whether libssh2 named any direction it waits for.
    var waitsForSocket: Bool { libssh2_session_block_directions(pointer) != 0 }

    var lastCode: Int32 { libssh2_session_last_errno(pointer) }

    /// The library's text for `code`, copied at once because it lives in the session; `nil` if it is about another code.
    func text(for code: Int32) -> String? {
        var message: UnsafeMutablePointer<CChar>?
        var length: Int32 = 0
        guard libssh2_session_last_error(pointer, &message, &length, 0) == code, let message, length > 0 else {
            return nil
        }
        return String(cString: message)
    }

    /// Sends a keepalive request at once; see `Pump.probe` for when that is safe.
    func sendKeepalive() -> Int32 {
        var next: Int32 = 0
        libssh2_keepalive_config(pointer, 1, 1)
        defer { libssh2_keepalive_config(pointer, 1, 0) }
        return libssh2_keepalive_send(pointer, &next)
    }

    // MARK: Authentication

    /// Offers a private key given as the bytes of its file.
    func authenticate(user: String, privateKey: [UInt8]) -> Int32 {
        privateKey.withUnsafeBytes { key in
            libssh2_userauth_publickey_frommemory(
                pointer,
                user,
                user.utf8.count,
                nil,
                0,
                key.assumingMemoryBound(to: CChar.self).baseAddress,
                key.count,
                nil
            )
        }
    }

    /// Offers a public key whose signatures `signer` makes.
    func authenticate(user: String, publicKey: [UInt8], signer: PendingSignature) -> Int32 {
        var context: UnsafeMutableRawPointer? = Unmanaged.passUnretained(signer).toOpaque()
        return publicKey.withUnsafeBufferPointer { key in
            libssh2_userauth_publickey(
                pointer,
                user,
                key.baseAddress,
                key.count,
                PendingSignature.callback,
                &context
            )
        }
    }

    /// The methods the server offers, or the code of why they are not known.
    func methods(user: String) -> (list: String?, code: Int32) {
        let list = libssh2_userauth_list(pointer, user, UInt32(user.utf8.count))
        return (list.map { String(cString: $0) }, list == nil ? lastCode : 0)
    }

    // MARK: Channels

    /// Opens a channel of any type; `nil` with `lastCode` telling why.
    func openChannel(type: String, message: [UInt8] = []) -> ChannelHandle? {
        let opened = message.withUnsafeBytes { bytes in
            libssh2_channel_open_ex(
                pointer,
                type,
                UInt32(type.utf8.count),
                2 << 20,
                32 << 10,
                bytes.assumingMemoryBound(to: CChar.self).baseAddress,
                UInt32(bytes.count)
            )
        }
        return opened.map { ChannelHandle($0) }
    }

    /// Asks the server to connect to `host:port`.
    func openDirect(host: String, port: Int) -> ChannelHandle? {
        libssh2_channel_direct_tcpip_ex(pointer, host, Int32(port), "127.0.0.1", 0).map { ChannelHandle($0) }
    }
}

/// libssh2's I/O callbacks; the session's `abstract` pointer is the tap.
private enum TapCallback {
    private typealias Receive =
        @convention(c) (Int32, UnsafeMutableRawPointer?, Int, Int32, UnsafePointer<UnsafeMutableRawPointer?>?) -> Int
    private typealias Send =
        @convention(c) (Int32, UnsafeRawPointer?, Int, Int32, UnsafePointer<UnsafeMutableRawPointer?>?) -> Int

    static var receive: UnsafeMutableRawPointer {
        let function: Receive = { _, target, count, _, context in
            guard let target, let tap = context?.pointee else { return -Int(EPIPE) }
            return Unmanaged<SocketTap>.fromOpaque(tap).takeUnretainedValue().receive(into: target, count: count)
        }
        return unsafeBitCast(function, to: UnsafeMutableRawPointer.self)
    }

    static var send: UnsafeMutableRawPointer {
        let function: Send = { _, source, count, _, context in
            guard let source, let tap = context?.pointee else { return -Int(EPIPE) }
            return Unmanaged<SocketTap>.fromOpaque(tap).takeUnretainedValue().send(source, count: count)
        }
        return unsafeBitCast(function, to: UnsafeMutableRawPointer.self)
    }
}
