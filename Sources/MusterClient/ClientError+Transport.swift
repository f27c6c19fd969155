import AsyncHTTPClient
import Glibc
import NIOCore

extension ClientError {
    /// What a failure on the way means.
    ///
    /// - Parameters:
    ///   - error: What the HTTP client or the decoder threw.
    ///   - address: Whom it was about.
    init(_ error: any Error, at address: DaemonAddress) {
        switch error {
        case let error as ClientError: self = error
        case let error as IOError: self.init(error, at: address)
        case is CancellationError: self.init(.cancelled, "cancelled")
        case let error as HTTPClientError where error == .cancelled: self.init(.cancelled, "cancelled")
        case let error as HTTPClientError where [.readTimeout, .connectTimeout, .deadlineExceeded].contains(error):
            self.init(.timedOut, "the daemon at `\(address.text)` did not answer in time")
        case is DecodingError:
            self.init(.unexpected, "what answers at `\(address.text)` is no musterd of this release: \(error)")
        case is SocketAddressError:
            self.init(.noSocket, "no daemon can be at `\(address.text)`: \(error)")
        default: self.init(.lost, "the connection to `\(address.text)` was lost: \(error)")
        }
    }

    private init(_ error: IOError, at address: DaemonAddress) {
        switch error.errnoCode {
        case ENOENT, ENOTDIR:
            self.init(.noSocket, "no daemon is at `\(address.text)`", hint: "start musterd")
        case ECONNREFUSED:
            self.init(.refused, "nobody listens at `\(address.text)`: the daemon is gone", hint: "start musterd")
        case EACCES, EPERM:
            self.init(
                .notAllowed,
                "the daemon at `\(address.text)` belongs to another user",
                hint: "run muster as the daemon's user"
            )
        default: self.init(.lost, "the connection to `\(address.text)` was lost: \(error)")
        }
    }
}
