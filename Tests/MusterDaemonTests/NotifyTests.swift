import Glibc
import MusterClient
import MusterTesting
import Synchronization
import Testing

@testable import MusterDaemon

@Suite("Notifying systemd")
struct NotifyTests {
    private static func name(_ kind: String, _ scratch: Scratch) -> String {
        kind == "path" ? "\(scratch.path)/notify" : "@muster-test-\(UInt64.random(in: 0...UInt64.max))"
    }

    private static func microseconds() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1_000_000 + now.tv_nsec / 1000
    }

    @Test("ready comes when requests are taken, and stopping before the end", arguments: ["path", "abstract"])
    func life(kind: String) async throws {
        try await withScratch { scratch in
            let manager = try NotifySocket(Self.name(kind, scratch))
            let daemon = try Musterd("\(scratch.path)/state", ["NOTIFY_SOCKET": manager.name])
            defer { daemon.dispose() }
            let ready = try await manager.wait(for: "READY=1")
            #expect(ready == "READY=1\nSTATUS=serving")
            // Not a moment earlier: whoever waits for the service asks at once.
            try await daemon.answers()
            try await daemon.stop()
            #expect(manager.messages == [ready, "STOPPING=1\nSTATUS=stopping; what runs on nodes stays"])
        }
    }

    @Test("a reload is announced with its time, and ends with ready")
    func reload() async throws {
        try await withScratch { scratch in
            let manager = try NotifySocket("\(scratch.path)/notify")
            try await withMusterd("\(scratch.path)/state", ["NOTIFY_SOCKET": manager.name]) { daemon in
                try await manager.wait(for: "READY=1")
                let before = Self.microseconds()
                daemon.send(SIGHUP)
                let reloading = try await manager.wait(for: "RELOADING=1")
                try await manager.wait(for: "READY=1", times: 2)
                let match = try #require(reloading.wholeMatch(of: /RELOADING=1\nMONOTONIC_USEC=(\d+)/))
                let time = try #require(Int(match.1))
                #expect((before...Self.microseconds()).contains(time))
                #expect(manager.messages.last?.hasPrefix("READY=1") == true)
                #expect(daemon.log.contains("the settings are valid"))
            }
        }
    }

    @Test("the watchdog is fed at half of its time for as long as the daemon runs")
    func watchdog() async throws {
        try await withScratch { scratch in
            let manager = try NotifySocket("\(scratch.path)/notify")
            let variables = ["NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "400000"]
            let began = ContinuousClock.now
            try await withMusterd(
                "\(scratch.path)/state",
                variables,
                shell: "WATCHDOG_PID=$$ exec \"$@\""
            ) { daemon in
                try await manager.wait(for: "WATCHDOG=1", times: 5)
                // Later than that is the machine's doing; earlier would be the daemon's.
                #expect(.now - began >= .milliseconds(5 * 200))
                daemon.send(SIGHUP)
                try await manager.wait(for: "READY=1", times: 2)
                try await manager.wait(for: "WATCHDOG=1", times: manager.count("WATCHDOG=1") + 2)
            }
        }
    }

    @Test("a watchdog that waits for another process is not fed")
    func otherWatchdog() async throws {
        try await withScratch { scratch in
            let manager = try NotifySocket("\(scratch.path)/notify")
            let variables = ["NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "20000", "WATCHDOG_PID": "1"]
            try await withMusterd("\(scratch.path)/state", variables) { daemon in
                let served = ContinuousClock.now
                try await eventually("many times the watchdog's time are over") { .now - served > .milliseconds(300) }
                try await daemon.stop()
            }
            #expect(manager.count("WATCHDOG=1") == 0)
        }
    }

    @Test("the watchdog is not fed while supervision stands still")
    func stalled() async throws {
        try await withScratch { scratch in
            let manager = try NotifySocket("\(scratch.path)/notify")
            let variables = ["NOTIFY_SOCKET": manager.name, "WATCHDOG_USEC": "10000"]
            let state = Mutex((isAlive: true, asked: 0))
            let asked: @Sendable () -> Int = { state.withLock { $0.asked } }
            let notify = Notify(environment: variables, pid: Int(getpid()))
            let service = WatchdogService(notify) {
                state.withLock {
                    $0.asked += 1
                    return $0.isAlive
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await service.run() }
                try await manager.wait(for: "WATCHDOG=1", times: 3)
                state.withLock { $0.isAlive = false }
                // What was asked before may still be on its way.
                let then = asked()
                try await eventually("asked twice more") { asked() >= then + 2 }
                // Datagrams come in their order: behind this one, all that was sent before has been counted.
                notify.status("silent")
                try await manager.wait(for: "STATUS=silent")
                let fed = manager.count("WATCHDOG=1")
                try await eventually("asked ten times more") { asked() >= then + 12 }
                notify.status("still silent")
                try await manager.wait(for: "STATUS=still silent")
                #expect(manager.count("WATCHDOG=1") == fed)
                state.withLock { $0.isAlive = true }
                try await manager.wait(for: "WATCHDOG=1", times: fed + 2)
                group.cancelAll()
            }
        }
    }

    @Test("nobody has to listen", arguments: ["", "/nonexistent/notify", String(repeating: "x", count: 300)])
    func nobody(name: String) async throws {
        try await withScratch { scratch in
            let variables = ["NOTIFY_SOCKET": name, "WATCHDOG_USEC": "not a number"]
            try await withMusterd("\(scratch.path)/state", variables) { daemon in
                try await daemon.stop()
            }
        }
    }
}
