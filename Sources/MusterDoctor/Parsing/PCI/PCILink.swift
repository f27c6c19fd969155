import MusterSpec

/// The PCIe link of a device, from the files `current_link_speed` and their relatives.
package struct PCILink: Hashable, Sendable {
    /// In GT/s.
    package internal(set) var speed: Double?
    package internal(set) var maxSpeed: Double?
    /// In lanes.
    package internal(set) var width: Int?
    package internal(set) var maxWidth: Int?

    static let names: Set<String> = [
        "current_link_speed", "max_link_speed", "current_link_width", "max_link_width",
    ]

    /// Fewer lanes than card and slot have: a wrong slot, a bifurcation setting, or dirt.
    package var isNarrow: Bool { width.flatMap { width in maxWidth.map { width < $0 } } ?? false }
    /// Slower than both can. An idle GPU slows its link on purpose; a NIC does not.
    package var isSlow: Bool { speed.flatMap { speed in maxSpeed.map { speed < $0 } } ?? false }

    /// Takes one file: `32.0 GT/s PCIe`, `16`; `Unknown` and the widths 0 and 255 are no values.
    mutating func set(_ name: String, _ value: String) {
        let number = Cut.words(value).first ?? ""
        let lanes = Digits.count(number).flatMap { (1...32).contains($0) ? $0 : nil }
        switch name {
        case "current_link_speed": speed = Digits.decimal(number)
        case "max_link_speed": maxSpeed = Digits.decimal(number)
        case "current_link_width": width = lanes
        case "max_link_width": maxWidth = lanes
        default: break
        }
    }

    var json: JSONValue {
        [
            "speed_gt": speed.map(JSONValue.number) ?? .null, "max_speed_gt": maxSpeed.map(JSONValue.number) ?? .null,
            "width": .optional(width), "max_width": .optional(maxWidth),
        ]
    }
}
