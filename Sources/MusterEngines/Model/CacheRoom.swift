/// What the cache is to the longest request.
package enum CacheRoom: String, Hashable, Sendable {
    /// It does not hold one.
    case short
    /// It holds one and not two, so that others wait.
    case tight
    case ample
}

extension MemoryBudget.Tokens {
    /// By the likely figure, for requests of so many tokens.
    package func room(for context: Int) -> CacheRoom {
        likely < context ? .short : likely / 2 < context ? .tight : .ample
    }
}
