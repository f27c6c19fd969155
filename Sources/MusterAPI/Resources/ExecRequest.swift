/// A command for the nodes of a deployment.
package struct ExecRequest: Codable, Hashable, Sendable {
    /// The program and its arguments; no shell reads them.
    package var command: [String]
    /// Only these nodes; all where nothing is given.
    package var nodes: [String]?
    /// How long it may take on each node, in seconds; 60 where nothing is given.
    package var timeout: Int?

    package init(command: [String], nodes: [String]? = nil, timeout: Int? = nil) {
        self.command = command
        self.nodes = nodes
        self.timeout = timeout
    }
}

/// What comes back from a node: lines as they are written, and one end.
package enum ExecRecord: Hashable, Sendable {
    /// Where a line was written to.
    package enum Output: String, Codable, CaseIterable, Hashable, Sendable { case stdout, stderr }

    case line(node: String, stream: Output, line: String)
    /// The exit status, 128 + N for signal N.
    case exit(node: String, status: Int)
    /// The command did not run, or it is not known how it ended.
    case failed(node: String, Problem)
}

extension ExecRecord: Codable {
    private enum CodingKeys: String, CodingKey { case node, stream, line, exit, problem }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let node = try container.decode(String.self, forKey: .node)
        if let status = try container.decodeIfPresent(Int.self, forKey: .exit) {
            self = .exit(node: node, status: status)
        } else if let problem = try container.decodeIfPresent(Problem.self, forKey: .problem) {
            self = .failed(node: node, problem)
        } else {
            self = .line(
                node: node,
                stream: try container.decode(Output.self, forKey: .stream),
                line: try container.decode(String.self, forKey: .line)
            )
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .line(let node, let stream, let line):
            try container.encode(node, forKey: .node)
            try container.encode(stream, forKey: .stream)
            try container.encode(line, forKey: .line)
        case .exit(let node, let status):
            try container.encode(node, forKey: .node)
            try container.encode(status, forKey: .exit)
        case .failed(let node, let problem):
            try container.encode(node, forKey: .node)
            try container.encode(problem, forKey: .problem)
        }
    }
}
