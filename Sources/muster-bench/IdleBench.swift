import MusterRuntime
import MusterSimulation

/// What watching many units costs that all serve and say nothing: beats in and out, ticks, HTTP and generation probes.
struct IdleBench {
    private var store = ""
    private var gangs = 125
    private var nodes = 8
    private var span = Duration.seconds(20)
    private var settling = Duration.seconds(15)

    init?(_ arguments: ArraySlice<String>) {
        var rest = arguments
        guard let store = rest.popFirst() else { return nil }
        self.store = store
        while let letter = rest.popFirst(), let number = rest.popFirst().flatMap({ Int($0) }), number > 0 {
            switch letter {
            case "-g": gangs = number
            case "-n": nodes = number
            case "-s": span = .seconds(number)
            case "-w": settling = .seconds(number)
            default: return nil
            }
        }
    }

    func run() async throws {
        let daemon = try SimulatedDaemon(store: store, gangs: gangs, nodes: nodes)
        let clusters = daemon.kept.map(\.cluster)
        let began = ContinuousClock.now
        // Each node acts four times a second, as the node script does, and not all nodes at once.
        let slots = 10
        let pacemaker = Pacemaker { turn in
            for index in stride(from: turn % slots, to: clusters.count, by: slots) {
                clusters[index].advance(to: .now - began)
            }
            return .milliseconds(25)
        }
        defer { pacemaker.stop() }
        try await daemon.run {
            try await daemon.bringUp()
            let start = ProcessUsage.now
            // What the start has left behind, and the first probes, are not watching.
            try await Task.sleep(for: settling)
            let (before, beforeNodes, moment) = (ProcessUsage.now, pacemaker.processor, ContinuousClock.now)
            try await Task.sleep(for: span)
            let (after, afterNodes, wall) = (ProcessUsage.now, pacemaker.processor, ContinuousClock.now - moment)
            guard try await daemon.count("fencing") == 0 else {
                throw SimulatedDaemon.Failed(description: "a gang was stopped meanwhile")
            }
            let used = after.processor - before.processor
            let nodesUsed = afterNodes - beforeNodes
            print(
                #"{"units":\#(gangs * nodes),"gangs":\#(gangs),"seconds":\#(rounded(wall / .seconds(1))),"#
                    + #""cpu_percent":\#(rounded(100 * (used / wall))),"#
                    + #""nodes_cpu_percent":\#(rounded(100 * (nodesUsed / wall))),"#
                    + #""start_cpu_ms":\#(rounded(milliseconds(start.processor))),"#
                    + #""rss_mb":\#(megabytes(after.resident)),"peak_rss_mb":\#(megabytes(after.peak))}"#
            )
        }
    }
}
