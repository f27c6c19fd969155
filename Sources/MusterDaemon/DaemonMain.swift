/// The whole daemon, but for the `main` that calls it.
package enum DaemonMain {
    /// Runs until it is told to stop.
    package static func run() async {}
}
