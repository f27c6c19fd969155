import Foundation
import Glibc
import MusterDoctor
import MusterSpec
import MusterTesting
import Testing

/// Damaged texts: any bytes end in a value or a stated damage. A trap ends the run.
@Suite("Mutated outputs")
struct MutationTests {
    /// Texts of each kind; one takes about 35 us in a debug build.
    private static let count = ProcessInfo.processInfo.environment["MUSTER_MUTATIONS"].flatMap { Int($0) } ?? usual
    private static let usual = 100_000

    @Test("every text ends in a document of bounded size", arguments: ParserKind.allCases)
    func mutations(kind: ParserKind) throws {
        let samples = Samples.of(kind)
        try #require(!samples.isEmpty)
        var mutator = Mutator(samples, seed: 20)
        var damaged = 0
        let start = Self.spent()
        for index in 0..<Self.count {
            let bytes = mutator.next()
            let document = kind.read(bytes)
            if document.damage != nil { damaged += 1 }
            // Drawing is slower than reading: every hundredth is drawn both ways.
            guard index % 100 == 0 else { continue }
            let size = document.json.compact.utf8.count + document.lines.reduce(0) { $0 + $1.utf8.count + 1 }
            #expect(size < 64 * bytes.count + 8192, "\(size) bytes from \(bytes.count)")
        }
        let spent = Self.spent() - start
        print("mutated \(kind.rawValue): \(Self.count - damaged) read, \(damaged) damaged, \(spent)")
        #expect(damaged > 0 && damaged < Self.count)
    }

    /// The forms that only a probe's output has: no heading, no blanks for tabs.
    @Test("the strict readings end too")
    func strict() {
        let fields = ["index", "name", "memory.total", "pci.bus_id"]
        var rows = Mutator(["0, NVIDIA L40S, 46068, 00000000:01:00.0\n1, [N/A], 1, 02:00.0\n"], seed: 21)
        var matrices = Mutator(Samples.of(.topo), seed: 22)
        for _ in 0..<(Self.count / 4) {
            let row = rows.next()
            if let query = GPUQuery.read(row, fields: fields).value {
                #expect(query.gpus.allSatisfy { $0.memoryTotal.value?.bytes ?? 0 >= 0 })
            }
            _ = ComputeApps.read(row, fields: ["pid", "process_name", "used_memory"])
            if let topology = Topology.read(matrices.next(), from: .probe).value {
                #expect(topology.signature().gpuDistances.count == topology.gpus.count)
            }
        }
    }

    /// Processor time of this thread.
    private static func spent() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
