import Foundation
import MusterAPI
import MusterTesting
import Testing

@Suite("The OpenAPI document")
struct OpenAPITests {
    private static let text = OpenAPIDocument.json(version: "0.0.0").text

    private static func document() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private static func schemas() throws -> [String: Any] {
        let components = try #require(try document()["components"] as? [String: Any])
        return try #require(components["schemas"] as? [String: Any])
    }

    @Test("it is the recorded one")
    func golden() throws {
        let pretty = try JSONSerialization.data(
            withJSONObject: Self.document(),
            options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        )
        expectGolden(String(decoding: pretty, as: UTF8.self) + "\n", "openapi")
    }

    @Test("every resource has an example that encodes to what its schema says, with every field of it")
    func examples() throws {
        let schemas = try Self.schemas()
        #expect(Set(schemas.keys) == Set(Examples.all.map(\.name)))
        var check = SchemaCheck(schemas: schemas)
        for (name, value) in Examples.all {
            let encoded = try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
            let faults = check.faults(encoded, ["$ref": "#/components/schemas/\(name)"], at: name)
            #expect(faults == [])
        }
        for (name, schema) in schemas {
            let properties = (schema as? [String: Any])?["properties"] as? [String: Any] ?? [:]
            for property in properties.keys {
                #expect(check.seen.contains("\(name).\(property)"), "\(name).\(property)")
            }
        }
    }

    @Test("every example is read back as it was")
    func readBack() throws {
        for (name, value) in Examples.all {
            #expect(try again(value) == JSONEncoder.sorted.encode(value), "\(name)")
        }
    }

    private func again<Value: Codable>(_ value: Value) throws -> Data {
        try JSONEncoder.sorted.encode(JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value)))
    }

    @Test("the check itself finds what does not fit")
    func canFail() throws {
        var check = SchemaCheck(schemas: try Self.schemas())
        let wrong: [String: Any] = ["name": 3, "cursor": "x", "more": true]
        let faults = check.faults(wrong, ["$ref": "#/components/schemas/Accepted"], at: "Accepted")
        #expect(faults.count == 4)
    }

    @Test("every operation is in it once, under its route")
    func routes() throws {
        let paths = try #require(try Self.document()["paths"] as? [String: [String: [String: Any]]])
        let found = paths.values.flatMap { $0.values.compactMap { $0["operationId"] as? String } }
        #expect(found.sorted() == Operation.allCases.map(\.rawValue).sorted())
        for route in Route.all {
            #expect(paths[route.path]?[route.method.rawValue.lowercased()]?["operationId"] as? String != nil)
        }
    }

    @Test("openapi-spec-validator finds it valid")
    func validator() async throws {
        let has = try await LocalCommand(["python3", "-c", "import openapi_spec_validator"]).run()
        guard has.status == 0 else {
            withKnownIssue("not tested: python3 has no openapi_spec_validator") { Issue.record("\(has.errorText)") }
            return
        }
        var command = LocalCommand([
            "python3", "-c", "import sys, json, openapi_spec_validator as v; v.validate(json.load(sys.stdin))",
        ])
        command.stdin = Array(Self.text.utf8)
        let result = try await command.run()
        #expect(result.status == 0, "\(result.errorText)")
    }

    @Test("a path is filled in with its names spelled out, and known again by its methods")
    func paths() {
        #expect(Operation.status.route.path("a b/ü") == "/v1/deployments/a%20b%2F%C3%BC/status")
        #expect(Set(Route.methods(of: "/v1/deployments/x")) == [.get, .put, .delete])
        #expect(Route.methods(of: "/v1/deployments/x/pause") == [.post])
        #expect(Route.methods(of: "/v1/nothing").isEmpty)
    }
}

extension JSONEncoder {
    fileprivate static var sorted: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return encoder
    }
}
