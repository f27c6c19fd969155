import MusterSpec

extension HostFacts {
    static func read(_ decoder: inout ProbeDecoder) -> Known<HostFacts> {
        let names = decoder.pairs("names")
        return decoder.pairs("host").map { pairs in
            var facts = HostFacts()
            for pair in pairs { facts.take(pair) }
            switch names {
            case .unknown(let reason): facts.ownAddressesUnknown = reason
            case .value(let pairs): for pair in pairs { facts.take(pair) }
            }
            return facts
        }
    }

    private mutating func take(_ pair: ProbePair) {
        let value = pair.value.isEmpty ? nil : pair.value
        switch pair.key {
        case "boot_id": bootID = value
        case "hostname": hostname = value
        case "kernel": kernel = value
        case "machine": machine = value
        case "os": operatingSystem = value.map { Cut.unwrap($0, "\"", "\"") ?? $0 }
        case "user": user = value
        case "uid": uid = Digits.count(pair.value)
        case "home": home = value
        case "cmdline": commandLine = Cut.words(pair.value)
        case "own_address": if let address = IPAddress(pair.value) { ownAddresses.append(address) }
        case "iommu_groups": iommuGroups = Digits.count(pair.value)
        case "/sys/devices/system/cpu/online": cpus = IndexList(pair.value)?.ranges.reduce(0) { $0 + $1.count }
        case "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": governor = value
        case "/proc/sys/kernel/numa_balancing": isNUMABalancing = Digits.count(pair.value).map { $0 > 0 }
        case "/proc/sys/net/ipv4/ip_local_port_range":
            let ends = Cut.words(pair.value).compactMap(Digits.count)
            guard ends.count == 2, ends[0] <= ends[1] else { return }
            ephemeralPorts = ends[0]...ends[1]
        default: break
        }
    }
}

extension NodeProcess {
    /// Those that hold a card and those with the title of an engine's, each once.
    static func read(_ decoder: inout ProbeDecoder) -> Known<[NodeProcess]> {
        let titled = decoder.value("processes", empty: [], hasPart: true) { Reading.read(all(in: $0), remarks: []) }
        let holders = decoder.value("holders", empty: [], absent: []) { Reading.read(all(in: $0), remarks: []) }
        // Without the holders the titled ones are still worth saying, and the other way round.
        guard titled.value != nil || holders.value?.isEmpty == false else { return titled }
        var seen: Set<Int> = []
        return .value(((titled.value ?? []) + (holders.value ?? [])).filter { seen.insert($0.pid).inserted })
    }

    private static func all(in text: [UInt8]) -> [NodeProcess] {
        LineSplitter.lines(of: text).compactMap { line in NodeProcess(line: line) }
    }

    /// `PID UID USER AGE PARENT DEPLOYMENT TITLE`
    private init?(line: Line) {
        let words = line.words
        guard words.count >= 7, let pid = Digits.count(words[0].text), let age = Int(words[3].text),
            let parent = Digits.count(words[4].text)
        else { return nil }
        let deployment = words[5].text
        let user = words[2].text
        self.init(
            pid: pid,
            uid: Digits.count(words[1].text),
            user: user == "-" ? nil : user,
            age: max(0, age),
            parent: parent,
            deployment: deployment == "-" ? nil : deployment,
            title: words[6...].map(\.text).joined(separator: " ")
        )
    }
}

/// `place=PATH` and the output of `df -kP` for it, for each place.
enum DiskBlocks {
    typealias Disks = [String: FileSystems.FileSystem]

    static func read(_ text: [UInt8]) -> Reading<Disks> {
        .of(text, source: "blocks of `df -kP`") { text throws(Damage) in
            var disks: Disks = [:]
            var place: String?
            var block: [String] = []
            var damage: Damage?
            for line in try text.lines() {
                if let next = Cut.behind(line.text, "place=") {
                    damage = take(place, block, &disks) ?? damage
                    place = next
                    block = []
                } else {
                    block.append(line.text)
                }
            }
            damage = take(place, block, &disks) ?? damage
            if disks.isEmpty, let damage { throw damage }
            guard !disks.isEmpty else { throw text.foreign(nil) }
            return disks
        }
    }

    private static func take(_ place: String?, _ block: [String], _ disks: inout Disks) -> Damage? {
        guard let place else { return nil }
        let reading = FileSystems.read(Array(block.joined(separator: "\n").utf8))
        if disks[place] == nil { disks[place] = reading.value?.fileSystems.first }
        return reading.damage
    }
}
