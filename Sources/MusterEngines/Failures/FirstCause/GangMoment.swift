/// The lines that all ranks print within some ten milliseconds, right behind a barrier of the whole gang.
///
/// SGLang takes the least free memory of all ranks before it says that its groups stand (`init_torch_distributed` in
/// `model_runner.py`); vLLM has created the last of its groups when it tells a rank its place
/// (`initialize_model_parallel` in `parallel_state.py`).
enum GangMoment {
    private static let patterns: [LinePattern] = [
        "Init torch distributed ends", "Init parallel ends", " is assigned as DP rank ",
    ]
    private static let automaton = LiteralAutomaton(patterns.map(\.anchor))

    static func isIn(_ line: Substring) -> Bool {
        let text = line.utf8.span.extracting(first: FailureMatcher.longestLine)
        var isFound = false
        automaton.search(text) { isFound = isFound || patterns[$0].matches(text) }
        return isFound
    }
}
