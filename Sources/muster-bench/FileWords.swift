/// The words of a benchmark on a cluster file and another one: both names, then `-r RUNS`.
struct FileWords {
    let file: String
    let other: String
    private(set) var runs: Int

    init?(_ arguments: ArraySlice<String>, runs: Int) {
        var rest = arguments
        guard let file = rest.popFirst(), let other = rest.popFirst() else { return nil }
        (self.file, self.other, self.runs) = (file, other, runs)
        while let letter = rest.popFirst() {
            guard letter == "-r", let number = rest.popFirst().flatMap({ Int($0) }), number > 0 else { return nil }
            self.runs = number
        }
    }
}
