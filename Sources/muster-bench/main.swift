import Glibc

// The program that `Deploy/bench` measures with. Each mode prints one JSON line.
let usage = """
    usage: muster-bench -n HOST:PORT,... -u USER -k KEY -h KNOWN_HOSTS [-c COMMAND] [-r REPEATS] [-l LOOPS]
           muster-bench idle STORE [-g GANGS] [-n NODES_PER_GANG] [-s SECONDS] [-w SETTLING_SECONDS]
           muster-bench ingest STORE [-l LINES_PER_SECOND, 0 for as many as are read] [-s SECONDS]
           muster-bench doctor-parse FILE ANSWERS [-r RUNS]
           muster-bench fit FILE CONFIG [-r RUNS]
           muster-bench flags [-r RUNS]
           muster-bench log-lines FILE LOG [-r RUNS]
    """

func refuse() -> Never {
    print(usage)
    exit(2)
}

let words = CommandLine.arguments.dropFirst()
switch words.first {
case "idle":
    guard let bench = IdleBench(words.dropFirst()) else { refuse() }
    try await bench.run()
case "ingest":
    guard let bench = IngestBench(words.dropFirst()) else { refuse() }
    try await bench.run()
case "doctor-parse":
    guard let bench = DoctorBench(words.dropFirst()) else { refuse() }
    try await bench.run()
case "fit":
    guard let bench = FitBench(words.dropFirst()) else { refuse() }
    try bench.run()
case "flags":
    guard let bench = FlagsBench(words.dropFirst()) else { refuse() }
    bench.run()
case "log-lines":
    guard let bench = LogLinesBench(words.dropFirst()) else { refuse() }
    try bench.run()
default:
    guard let bench = ConnectBench(words) else { refuse() }
    try await bench.run()
}
