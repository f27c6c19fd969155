import ArgumentParser
import MusterSpec

/// `muster schema`
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of the cluster file, for editors.",
        discussion: """
            Editors with the YAML language server use it with this first line in a cluster file:
            # yaml-language-server: $schema=muster.schema.json
            """
    )

    func run() throws {
        Session(format: .json).console.data(line: ClusterSchema.json.pretty)
    }
}
