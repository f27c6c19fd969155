import Glibc

/// What this process has used so far.
struct ProcessUsage {
    /// User and system time of all threads.
    let processor: Duration
    let resident: Bytes
    let peak: Bytes

    typealias Bytes = Int

    static var now: ProcessUsage {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        let (user, system) = (usage.ru_utime, usage.ru_stime)
        let processor =
            Duration.seconds(user.tv_sec + system.tv_sec) + .microseconds(Int(user.tv_usec + system.tv_usec))
        return ProcessUsage(processor: processor, resident: memory("VmRSS:"), peak: memory("VmHWM:"))
    }

    /// A line of `/proc/self/status`, which the kernel writes in kB.
    private static func memory(_ name: String) -> Bytes {
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let words = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                .split { $0 == " " || $0 == "\t" || $0 == "\n" }
            if words.count > 1, words[0] == name { return (Int(words[1]) ?? 0) << 10 }
        }
        return 0
    }
}

func milliseconds(_ duration: Duration) -> Double { duration / .milliseconds(1) }

func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

func megabytes(_ bytes: ProcessUsage.Bytes) -> Double { rounded(Double(bytes) / 1e6) }
