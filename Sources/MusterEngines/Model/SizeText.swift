/// Amounts as messages have them.
enum SizeText {
    /// `16.46 GiB`, `-1.20 GiB`.
    static func gibibytes(_ bytes: Double) -> String {
        "\(fixed(bytes / Double(1 << 30), 2)) GiB"
    }

    /// A number with so many places, without Foundation.
    static func fixed(_ number: Double, _ places: Int) -> String {
        guard number.isFinite, abs(number) < 1e12 else { return "\(number)" }
        let factor = places == 0 ? 1 : places == 1 ? 10 : 100
        let units = Int((abs(number) * Double(factor)).rounded())
        let sign = number < 0 && units > 0 ? "-" : ""
        guard places > 0 else { return "\(sign)\(units)" }
        let digits = String(units % factor)
        let zeros = String(repeating: "0", count: places - digits.count)
        return "\(sign)\(units / factor).\(zeros)\(digits)"
    }

    /// `0.79`: without zeros behind.
    static func fraction(_ number: Double) -> String {
        let thousandths = Int((number * 1000).rounded())
        let text = thousandths % 10 == 0 ? fixed(number, 2) : "0.\(String(1000 + thousandths).suffix(3))"
        return thousandths >= 1000 ? "1.0" : text
    }
}
