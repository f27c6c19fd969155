/// What was asked of a daemon, by the kind of the event that says so. Events before it are about what was before.
enum Wish: String, Sendable {
    case up = "upWanted"
    case restart = "restartWanted"
    case down = "downWanted"
}
