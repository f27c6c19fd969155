/// Where in the file a value stands, in words; spelled out only when there is something to say about it.
indirect enum Place: CustomStringConvertible {
    case file
    case key(Place, String)
    case item(Place, Int)

    var description: String {
        switch self {
        case .file: "the file"
        case .key: "`\(path)`"
        case .item(let list, let index): "\(list)[\(index)]"
        }
    }

    private var path: String {
        switch self {
        case .file: ""
        case .key(.file, let name): name
        case .key(let parent, let name): "\(parent.path).\(name)"
        case .item(let list, let index): "\(list.path)[\(index)]"
        }
    }
}
