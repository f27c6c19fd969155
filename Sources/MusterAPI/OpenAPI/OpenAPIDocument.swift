/// The API as OpenAPI 3.1 has it, made from the routes and the resources.
package enum OpenAPIDocument {
    /// - Parameter version: The release that serves the API.
    /// - Returns: The document.
    package static func json(version: String) -> RawJSON {
        let document: JSONTree = [
            "openapi": "3.1.0",
            "info": ["title": "musterd", "version": .string(version), "description": .string(description)],
            "servers": [["url": "/"]],
            "security": [[:], ["token": []]],
            "paths": .object(paths),
            "components": [
                "schemas": .object(ResourceSchema.all.map { .init(key: $0.name, value: $0.json) }),
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer"]],
            ],
        ]
        return RawJSON(document.text)
    }

    /// The fields that a resource of the table may have.
    package static func fields(of resource: String) -> [String]? {
        ResourceSchema.all.first { $0.name == resource }?.fields.map(\.name)
    }

    private static let description = """
        Keeps multi-node deployments up. Served on a Unix socket, where the kernel says who asks, and on TCP only with a \
        token. Whatever changes something is accepted, recorded and then worked on: its events tell what came of it.
        """

    private static var paths: [JSONTree.Member] {
        var paths: [JSONTree.Member] = []
        for route in Route.all {
            let method = JSONTree.Member(key: route.method.rawValue.lowercased(), value: json(route))
            if let index = paths.firstIndex(where: { $0.key == route.path }),
                case .object(let members) = paths[index].value
            {
                paths[index].value = .object(members + [method])
            } else {
                paths.append(.init(key: route.path, value: .object([method])))
            }
        }
        return paths
    }

    private static func json(_ route: Route) -> JSONTree {
        var members: [JSONTree.Member] = [
            .init(key: "operationId", value: .string(route.operation.rawValue)),
            .init(key: "summary", value: .string(route.summary)),
        ]
        if !route.parameters.isEmpty {
            members.append(.init(key: "parameters", value: .array(route.parameters.map(json))))
        }
        if let body = route.body {
            let content = content("application/json", .resource(body))
            // A restart of everything needs no words.
            let isRequired = ResourceSchema.all.first { $0.name == body }?.fields.contains(where: \.isRequired) ?? true
            members.append(.init(key: "requestBody", value: ["required": .boolean(isRequired), "content": content]))
        }
        let problem: JSONTree = [
            "description": "Not done; the status says who has to act.",
            "content": content("application/problem+json", .resource("Problem")),
        ]
        let (status, success) = json(route.answer)
        let responses = [JSONTree.Member(key: status, value: success), .init(key: "default", value: problem)]
        members.append(.init(key: "responses", value: .object(responses)))
        return .object(members)
    }

    private static func json(_ parameter: Route.Parameter) -> JSONTree {
        [
            "name": .string(parameter.name),
            "in": .string(parameter.place.rawValue),
            "required": .boolean(parameter.place == .path),
            "description": .string(parameter.summary),
            "schema": parameter.type.json,
        ]
    }

    private static func json(_ answer: Route.Answer) -> (status: String, response: JSONTree) {
        switch answer {
        case .resource(let name):
            ("200", ["description": "Done.", "content": content("application/json", .resource(name))])
        case .accepted:
            ("202", ["description": "Recorded.", "content": content("application/json", .resource("Accepted"))])
        case .nothing: ("204", ["description": "Done."])
        case .rawJSON: ("200", ["description": "Done.", "content": content("application/json", .any)])
        case .text(let type): ("200", ["description": "Done.", "content": content(type, .string)])
        case .records(let name):
            ("200", ["description": "One a line.", "content": content("application/x-ndjson", .resource(name))])
        case .events:
            (
                "200",
                [
                    "description": "A page, or a stream whose data are events.",
                    "content": [
                        "application/json": ["schema": SchemaType.resource("EventPage").json],
                        "text/event-stream": ["schema": SchemaType.string.json],
                    ],
                ]
            )
        }
    }

    private static func content(_ type: String, _ schema: SchemaType) -> JSONTree {
        .object([.init(key: type, value: ["schema": schema.json])])
    }
}
