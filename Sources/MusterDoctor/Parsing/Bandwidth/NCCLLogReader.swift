/// Goes down a log line by line and counts what NCCL says.
struct NCCLLogReader {
    /// Enough for every card of a node; a log of a thousand ranks repeats itself.
    private static let most = 64

    private(set) var lines = 0
    private(set) var networks: [String: Int] = [:]
    private(set) var version: String?
    private(set) var adapters: [NCCLLog.Adapter] = []
    private(set) var interfaces: [String] = []
    private(set) var channels: [NCCLLog.Transport: Int] = [:]
    /// Numbers of the adapters that channels use.
    private(set) var usedAdapters: Set<Int> = []
    /// Whether ports were merged: their channels then have numbers behind those of the adapters.
    private(set) var hasMergedAdapters = false
    private(set) var hasNoDevice = false
    private(set) var directDisabled: [String] = []
    private(set) var warnings: [String] = []

    mutating func take(_ line: String) {
        guard let (_, rest) = Cut.around("NCCL ", in: line) else { return }
        if let message = Cut.behind(rest, "INFO ") {
            lines += 1
            info(Cut.trim(message))
        } else if let message = Cut.behind(rest, "WARN ") {
            lines += 1
            Self.add(Cut.trim(message), to: &warnings)
        } else if let number = Cut.behind(rest, "version ") {
            lines += 1
            if version == nil { version = Cut.words(number).first }
        }
    }

    private mutating func info(_ message: String) {
        if message.hasPrefix("Channel ") {
            if let via = Cut.after(" via ", in: message) { count(Cut.words(via).first ?? "") }
        } else if let list = Cut.behind(message, "NET/IB : Using ") {
            take(adapters: list)
        } else if message.hasPrefix("NET/IB : Made virtual device") {
            hasMergedAdapters = true
        } else if message.hasPrefix("NET/IB : No device found") {
            hasNoDevice = true
        } else if let name = Cut.behind(message, "Using network ") {
            if networks.count < Self.most || networks[name] != nil { networks[name, default: 0] += 1 }
        } else if let list = Cut.behind(message, "NET/Socket : Using ") {
            for word in Cut.words(list) { interface(word) }
        } else if let name = Cut.behind(message, "Bootstrap : Using ") {
            if let word = Cut.words(name).first { interface(word) }
        } else if let number = Cut.behind(message, "NCCL version ") {
            if version == nil { version = Cut.words(number).first }
        } else if Cut.contains(message, "GPU Direct RDMA Disabled") || Cut.contains(message, "GPU Direct RDMA disabled")
        {
            Self.add(message, to: &directDisabled)
        }
    }

    /// `NET/IB/0/GDRDMA`, `NET/IB/0(8)/GDRDMA`, `NET/Socket/0`, `P2P/CUMEM`, `SHM/direct/direct`
    private mutating func count(_ way: String) {
        let transport: NCCLLog.Transport
        if way.hasPrefix("NET/IB") {
            transport = Cut.contains(way, "/GDRDMA") ? .rdmaDirect : .rdma
            // `NET/IB/0/GDRDMA`; behind a rank's number in brackets stands the one that sends for it.
            let parts = Cut.split(way, UInt8(ascii: "/"))
            if parts.count > 2, let number = Digits.count(Cut.around("(", in: parts[2])?.before ?? parts[2]),
                usedAdapters.count < Self.most
            {
                usedAdapters.insert(number)
            }
        } else if way.hasPrefix("NET/Socket") {
            transport = .socket
        } else if way.hasPrefix("NET/") {
            transport = .otherNetwork
        } else if way.hasPrefix("P2P") {
            transport = .peer
        } else if way.hasPrefix("SHM") {
            transport = .sharedMemory
        } else {
            return
        }
        channels[transport, default: 0] += 1
    }

    /// `[0]mlx5_0:1/RoCE [1]mlx5_1:1/RoCE [RO]; OOB bond0:10.0.0.1<0>`
    private mutating func take(adapters list: String) {
        let parts = Cut.around("; OOB ", in: list)
        for word in Cut.words(parts?.before ?? list) {
            guard
                let (index, name) = Cut.between("[", "]", in: word).flatMap({ inside in
                    Digits.count(inside).flatMap { index in Cut.after("]", in: word).map { (index, $0) } }
                })
            else { continue }
            let kind = Cut.around("/", in: name)
            let port = Cut.around(":", in: kind?.before ?? name)
            let adapter = NCCLLog.Adapter(
                index: index,
                device: port?.before ?? kind?.before ?? name,
                port: port.flatMap { Digits.count($0.after) },
                kind: kind?.after
            )
            if adapters.count < Self.most, !adapters.contains(adapter) { adapters.append(adapter) }
        }
        if let outOfBand = parts?.after { interface(outOfBand) }
    }

    /// `[0]eth0:10.0.0.1<0>`
    private mutating func interface(_ word: String) {
        let plain = word.hasPrefix("[") ? Cut.after("]", in: word) ?? word : word
        guard let name = Cut.around(":", in: plain)?.before, !name.isEmpty else { return }
        Self.add(name, to: &interfaces)
    }

    private static func add(_ text: String, to list: inout [String]) {
        if list.count < most, !list.contains(text) { list.append(text) }
    }
}
