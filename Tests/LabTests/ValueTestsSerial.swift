import Foundation
import Testing

extension LabScenarios {
    @Suite(.serialized, .lab(hosts: 2)) struct ValueTestsSerial {
        /// Everything a shell would like to have a say in.
        static let awkward = [
            "two  blanks", "'single' \"double\"", "$HOME `id` $(id)", #"back\slash \n"#, "semi;colon & pipe | > <",
            "*?[a-z]{1,2}~!#%", "naïve 模型 🚀", "\u{feff}", "%s%n", "-",
        ]

        @Test(
            "an argument's value reaches the engine byte for byte",
            arguments: [
                awkward.joined(separator: "·"), " leading and trailing ", "-", "tab\there\nline break\n\n",
            ]
        )
        func argument(_ value: String) async throws {
            let lab = try Lab.current
            var cluster = ClusterText(hosts: lab.hosts, gpus: 1)
            cluster.arguments = ["served-model-name: \(ClusterText.quote(value))"]
            let deployment = try Deployment(cluster, on: lab)
            try await deployment.bringUp()
            for host in lab.hosts {
                // Where a value could be taken for a flag, flag and value are one word.
                let command = try #require(host.launcher()).command
                let index = command.firstIndex(of: "--served-model-name").map { $0 + 1 }
                let isThere = index.map { command[$0] == value } ?? command.contains("--served-model-name=" + value)
                #expect(isThere, "on \(host.name): \(command)")
            }
            try await deployment.takeDown()
        }

        @Test("a value of the environment reaches the engine byte for byte, JSON as one argument")
        func environmentAndJSON() async throws {
            let lab = try Lab.current
            var cluster = ClusterText(hosts: lab.hosts, gpus: 1)
            let value = Self.awkward.joined(separator: "·")
            cluster.environment["AWKWARD"] = value
            cluster.arguments = [#"json-model-override-args: {architectures: ["A b'c\"d"], x: {y: 1.5, z: true}}"#]
            let deployment = try Deployment(cluster, on: lab)
            try await deployment.bringUp()
            let launcher = try #require(lab[2].launcher())
            #expect(launcher.variable("AWKWARD") == value)
            let index = try #require(launcher.command.firstIndex(of: "--json-model-override-args"))
            let object =
                try JSONSerialization.jsonObject(with: Data(launcher.command[index + 1].utf8)) as? [String: Any]
            #expect((object?["architectures"] as? [String]) == ["A b'c\"d"])
            #expect((object?["x"] as? [String: Any])?["y"] as? Double == 1.5)
            try await deployment.takeDown()
            cluster.environment["AWKWARD"] = "two\nlines"
            try deployment.rewrite(cluster)
            try await deployment.muster("up").ends(3, says: "MUS0209", "env.AWKWARD")
        }

        @Test("a model path with blanks, quotes and a dollar sign is found", arguments: ClusterText.Engine.all)
        func modelPath(_ engine: ClusterText.Engine) async throws {
            let lab = try Lab.current
            let model = "\(lab[1].mode == .namespaces ? "/models" : lab[1].directory)/it's a \"$HOME\" model"
            for host in lab.hosts {
                let folder = host.path(model)
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                let config =
                    host.mode == .namespaces ? host.path("/models/standin") : host.directory + "/models/standin"
                try Files.write(Files.text(config + "/config.json"), folder + "/config.json")
            }
            var cluster = ClusterText(engine: engine, hosts: lab.hosts, gpus: 1)
            cluster.model = model
            let deployment = try Deployment(cluster, on: lab)
            try await deployment.bringUp()
            #expect(try #require(lab[2].launcher()).command.contains(model))
            try await deployment.takeDown()
        }

        @Test(
            "a state directory with blanks and quotes works, below home and elsewhere",
            arguments: ["~/a b's $x", "/tmp/c  d"]
        )
        func stateDirectory(_ path: String) async throws {
            let lab = try Lab.current
            var cluster = ClusterText(hosts: lab.hosts, gpus: 1)
            let isShared = lab[1].mode == .loopback
            let directory = isShared && path.hasPrefix("/") ? "\(lab[1].directory)\(path)" : path
            cluster.more = ["state_dir: \(ClusterText.quote(directory))"]
            let deployment = try Deployment(cluster, on: lab)
            try await deployment.bringUp()
            #expect(FileManager.default.fileExists(atPath: lab[1].path(directory) + "/lab/g1/r0/launch.sh"))
            #expect(try await deployment.status().healthy)
            try await deployment.muster("logs", "-n", "1").ends(0)
            try await deployment.muster("restart").ends(0, says: "ready in")
            try await deployment.takeDown()
        }

        @Test(
            "a deployment name that is no safe file name is refused before anything is touched",
            arguments: [
                "Lab", "a b", "../x", "bin", "-x", "x-", "x_y", "\(String(repeating: "a", count: 64))", "",
            ]
        )
        func badName(_ name: String) async throws {
            let lab = try Lab.current
            var cluster = ClusterText(hosts: lab.hosts, gpus: 1)
            cluster.name = "x"
            let deployment = try Deployment(cluster, on: lab)
            let text = cluster.text(lab).replacingOccurrences(
                of: "name: x\n",
                with: "name: \(ClusterText.quote(name))\n"
            )
            try Files.write(text, deployment.file)
            try await deployment.muster("up").ends(3, says: "error[MUS")
            for host in lab.hosts { #expect(!FileManager.default.fileExists(atPath: host.path("~/.muster"))) }
        }

        @Test("two deployments with the shortest and the longest name live side by side")
        func twoDeployments() async throws {
            let lab = try Lab.current
            var first = ClusterText(hosts: [lab[1]], gpus: 1)
            first.name = "0"
            var second = ClusterText(hosts: [lab[2]], gpus: 1)
            second.name = String(repeating: "a-", count: 31) + "b"
            let (one, two) = (try Deployment(first, on: lab), try Deployment(second, on: lab))
            try await one.bringUp()
            try await two.bringUp()
            try await one.muster("down").ends(0)
            #expect(try await two.status().healthy)
            try await two.takeDown()
        }
    }
}

extension ClusterText.Engine {
    static let all: [ClusterText.Engine] = [.sglang, .vllm]
}
