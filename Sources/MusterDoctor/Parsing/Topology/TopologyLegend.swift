/// The lines behind a topology matrix that say which NIC is which RDMA device.
enum TopologyLegend {
    /// The kernel's own limit on the names of RDMA devices.
    static let longest = 64

    /// Gives the NICs their names; `  NIC0: mlx5_0`.
    static func name(_ devices: inout [Topology.Device], _ lines: ArraySlice<Line>, _ text: inout Transcript) {
        var positions: [String: Int] = [:]
        for (index, device) in devices.enumerated() where device.gpu == nil { positions[device.label] = index }
        for line in lines where line.first == UInt8(ascii: "N") {
            guard let (key, value) = line.halves(at: UInt8(ascii: ":")), key.hasPrefix("NIC") else { continue }
            guard Digits.index(key, behind: "NIC") != nil else { continue }
            guard let position = positions[key], (1...longest).contains(value.utf8.count) else {
                text.remark(line.number, "the legend names `\(key)`, which the matrix does not have")
                continue
            }
            devices[position].rdmaDevice = value
        }
        let nameless = devices.filter { $0.gpu == nil && $0.rdmaDevice == nil }.count
        if nameless > 0 { text.remark(nil, "the legend does not name \(nameless) of the NICs") }
    }
}
