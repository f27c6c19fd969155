import MusterRuntime
import MusterSimulation
import MusterSpec
import Synchronization

/// What reading the logs of one busy gang of 32 ranks costs, at a given rate or at the highest there is.
struct IngestBench {
    private var store = ""
    /// Of all units together; 0 for as many as are read.
    private var rate = 20_000
    private var span = Duration.seconds(20)

    private static let nodes = 4

    init?(_ arguments: ArraySlice<String>) {
        var rest = arguments
        guard let store = rest.popFirst() else { return nil }
        self.store = store
        while let letter = rest.popFirst(), let number = rest.popFirst().flatMap({ Int($0) }), number >= 0 {
            switch letter {
            case "-l": rate = number
            case "-s": span = .seconds(number)
            default: return nil
            }
        }
    }

    func run() async throws {
        let daemon = try SimulatedDaemon(store: store, gangs: 1, nodes: Self.nodes)
        guard let cluster = daemon.kept.first?.cluster else { return }
        let units = (0..<Self.nodes).map(NodeRank.init)
        let began = ContinuousClock.now
        // About as much as a node ships at once.
        let floods = units.map { unit in
            let lines = cluster.busyLines(of: unit)
            return Array(repeating: lines, count: (128 << 10) / lines.joined().count).flatMap { $0 }.flatMap { $0 }
        }
        let isFlood = Atomic(false)
        let pacemaker = Pacemaker { _ in
            cluster.advance(to: .now - began)
            guard isFlood.load(ordering: .relaxed) else { return .milliseconds(250) }
            for (unit, flood) in zip(units, floods) where cluster.hasRoom(for: unit) { cluster.print(flood, by: unit) }
            // Long enough for whoever reads to get at what was printed.
            return .microseconds(100)
        }
        defer { pacemaker.stop() }
        try await daemon.run {
            try await daemon.bringUp()
            cluster.chat(linesPerSecond: Double(rate) / Double(Self.nodes))
            isFlood.store(rate == 0, ordering: .relaxed)
            try await Task.sleep(for: .seconds(3))
            let (before, beforeNodes, moment) = (ProcessUsage.now, pacemaker.processor, ContinuousClock.now)
            let start = cluster.traffic
            var resident = [megabytes(before.resident)]
            for _ in 0..<4 {
                try await Task.sleep(for: span / 4)
                resident.append(megabytes(ProcessUsage.now.resident))
            }
            let (after, wall) = (ProcessUsage.now, ContinuousClock.now - moment)
            let end = cluster.traffic
            // Headers of records are a thousandth of it.
            let lineLength = Double(floods[0].count) / Double(floods[0].count { $0 == 0x0a })
            let nodesUsed = pacemaker.processor - beforeNodes
            print(
                #"{"lines_per_second":\#(rounded(Double(end.read - start.read) / lineLength / (wall / .seconds(1)))),"#
                    + #""skipped_bytes":\#(end.skipped - start.skipped),"line_bytes":\#(rounded(lineLength)),"seconds":\#(rounded(wall / .seconds(1))),"#
                    + #""cpu_percent":\#(rounded(100 * ((after.processor - before.processor) / wall))),"#
                    + #""nodes_cpu_percent":\#(rounded(100 * (nodesUsed / wall))),"#
                    + #""rss_mb":\#(resident),"peak_rss_mb":\#(megabytes(after.peak))}"#
            )
        }
    }
}
