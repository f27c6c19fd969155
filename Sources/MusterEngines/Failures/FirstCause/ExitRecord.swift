/// How a process ended, as its node recorded it. One that muster ended itself has none.
package struct ExitRecord: Hashable, Sendable {
    package var source: LogSource
    /// As a shell gives it: 128 and the signal, where one ended it. Nothing where nobody was left to record it.
    package var status: Int?
    /// On the node's clock.
    package var time: LogInstant?

    package init(source: LogSource, status: Int?, time: LogInstant?) {
        self.source = source
        self.status = status
        self.time = time
    }

    /// The signature that the status alone tells; a server that ends with 0 has failed too.
    var signatureID: String {
        switch status {
        case nil: "unit-vanished"
        case 128 + 7: "bus-error"
        case 128 + 9: "process-killed"
        case 128 + 11: "segfault"
        default: "process-exited"
        }
    }

    var text: String {
        guard let status else { return "exit record: none" }
        return status > 128 && status < 160
            ? "exit record: ended by signal \(status - 128)" : "exit record: status \(status)"
    }
}
