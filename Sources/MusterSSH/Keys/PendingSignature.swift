import CLibSSH2
import Glibc

/// The hand-over between libssh2, which asks for a signature in the middle of a call, and whoever makes it: an agent
/// that takes its time, or a key in memory.
///
/// libssh2 1.10 lets the sign callback answer EAGAIN and calls it again with the same data, so the agent is asked
/// between two tries and nothing blocks.
final class PendingSignature {
    /// What libssh2 wants signed.
    private(set) var request: [UInt8]?
    /// The answer, once the agent gave it.
    var signature: [UInt8]?

    static let callback:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, UnsafeMutablePointer<Int>?,
            UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
        ) -> Int32 = { _, target, length, data, count, context in
            guard let signer = context?.pointee, let target, let length else { return -1 }
            let this = Unmanaged<PendingSignature>.fromOpaque(signer).takeUnretainedValue()
            guard let signature = this.signature else {
                this.request = [UInt8](UnsafeBufferPointer(start: data, count: count))
                return LIBSSH2_ERROR_EAGAIN
            }
            // libssh2 frees it with the session's allocator, which is malloc's.
            guard let copy = malloc(max(1, signature.count)) else { return LIBSSH2_ERROR_ALLOC }
            signature.withUnsafeBytes { bytes in
                if let start = bytes.baseAddress { copy.copyMemory(from: start, byteCount: bytes.count) }
            }
            target.pointee = copy.assumingMemoryBound(to: UInt8.self)
            length.pointee = signature.count
            return 0
        }
}
