import MusterEngines
import MusterSpec

/// What it costs to look up every flag of every release: line by line in the catalogue, and beside it by reading the whole
/// catalogue first, as one would who parses a file of flags.
struct FlagsBench {
    private var runs = 9

    init?(_ arguments: ArraySlice<String>) {
        var rest = arguments
        while let letter = rest.popFirst(), let number = rest.popFirst().flatMap({ Int($0) }), number > 0 {
            switch letter {
            case "-r": runs = number
            default: return nil
            }
        }
    }

    func run() {
        let catalogs = EngineSpec.Kind.allCases.map(FlagCatalog.of)
        let questions = catalogs.map { catalog in catalog.releases.indices.flatMap { catalog.names(in: $0) } }
        var (lookups, readings) = (Laps(), Laps())
        var (found, read) = (0, 0)
        for _ in 0..<runs {
            found = lookups.measure {
                zip(catalogs, questions).reduce(0) { sum, pair in
                    pair.1.reduce(sum) { $0 + (pair.0.lines(named: $1).isEmpty ? 0 : 1) }
                }
            }
            read = readings.measure {
                catalogs.reduce(0) { sum, catalog in
                    sum + Dictionary(grouping: catalog.lines(), by: \.name).count
                }
            }
        }
        print(
            #"{"questions":\#(questions.reduce(0) { $0 + $1.count }),"found":\#(found),"names":\#(read),"#
                + #""lookup_ms":\#(lookups.wall),"lookup_cpu_ms":\#(lookups.processor),"#
                + #""read_ms":\#(readings.wall),"read_cpu_ms":\#(readings.processor)}"#
        )
    }
}
