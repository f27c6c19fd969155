extension DiagnosticCatalog {
    /// The file as a launch of one engine.
    static let enginePages: [DiagnosticPage] = [
        DiagnosticPage(
            .worldNotDivisible,
            "the ranks cannot be spread evenly over the nodes",
            meaning: """
                Both engines give each node the same number of ranks and refuse anything else, on every node by itself and \
                after a long import. The number of ranks is the product of the parallel sizes.
                """,
            fix: "Choose sizes whose product is a multiple of the number of nodes.",
            edits: ["tp_size: 16": "tp_size: 15"]
        ),
        DiagnosticPage(
            .pipelineAcrossNodes,
            "the pipeline stages cannot be spread over the nodes",
            meaning: """
                SGLang gives a node whole stages, or a stage whole nodes. With three stages on two nodes the arithmetic \
                leaves one stage that no node starts. The engine does not check this: all other ranks load nothing and \
                wait for it until the rendezvous limit.
                """,
            fix: "Choose a pp_size that divides the number of nodes, or is a multiple of it.",
            edits: ["tp_size: 16": "tp_size: 4\npp_size: 3\ngpus_per_node: 6"]
        ),
        DiagnosticPage(
            .tensorAcrossNodes,
            "the tensor parallel ranks cannot be spread over the nodes of a stage",
            meaning: """
                Where there are more nodes than pipeline stages, each stage spans several nodes, and its tensor parallel \
                ranks are divided among them by whole numbers. A remainder means ranks that no node starts; SGLang does \
                not check it and waits.
                """,
            fix: "Choose a tp_size that is a multiple of nodes / pp_size.",
            edits: [
                "tp_size: 16": "tp_size: 15\npp_size: 2", "nodes: [10.0.0.1, 10.0.0.2]": "nodes: [\"10.0.0.[1-4]\"]",
            ]
        ),
        DiagnosticPage(
            .dataParallelAcrossNodes,
            "data parallelism across nodes needs DP attention",
            meaning: """
                SGLang runs plain copies only within one node; over several it refuses with `multi-node data parallel is \
                not supported unless dp attention!`. DP attention splits the attention of one TP group and adds no ranks.
                """,
            fix: """
                Add `enable-dp-attention: true` to `args` and let tp_size cover all GPUs, or use `replicas` in place of \
                dp_size.
                """,
            edits: ["tp_size: 16": "tp_size: 8\ndp_size: 2"]
        ),
        DiagnosticPage(
            .attentionDataParallel,
            "dp_size does not divide tp_size",
            meaning: """
                With DP attention the TP group is cut into dp_size equal parts, each of which attends to requests of its \
                own. SGLang asserts that the division leaves no remainder.
                """,
            fix: "Choose a dp_size that divides tp_size.",
            edits: [
                "tp_size: 16": "tp_size: 16\ndp_size: 3",
                "args: {trust-remote-code: true}": "args: {enable-dp-attention: true}",
            ]
        ),
        DiagnosticPage(
            .expertParallel,
            "ep_size does not fit the ranks that hold experts",
            meaning: """
                SGLang spreads experts inside the TP group, so ep_size has to divide tp_size. vLLM knows only on and off: \
                experts are spread over all of tp x dp, or not at all.
                """,
            fix: "Choose a divisor of tp_size for SGLang; for vLLM write tp_size x dp_size, or leave ep_size out.",
            edits: ["tp_size: 16": "tp_size: 16\nep_size: 3"]
        ),
        DiagnosticPage(
            .notInThisRelease,
            "the release named cannot do this",
            meaning: """
                Flags come with releases: pipeline parallelism reached SGLang after 0.4.4, and vLLM spans nodes without \
                Ray since 0.11.1. An older engine ends with exit status 2 on every node, after importing for a minute.
                """,
            fix: "Install a later release on the nodes and write it under `engine`, or do without the setting.",
            edits: ["engine: {kind: sglang, version: 0.5.9}": "engine: {kind: vllm, version: 0.11.0}"]
        ),
        DiagnosticPage(
            .notRendered,
            "muster does not launch this layout",
            meaning: """
                The engine may be able to do it; muster does not write the commands for it. vLLM's data parallelism over \
                nodes has modes that differ in who serves HTTP and who waits for whom without a limit, and a launch that \
                is half right hangs.
                """,
            fix: "Use tp_size and pp_size, keep dp_size within one node, or use `replicas` in place of it.",
            edits: [
                "engine: {kind: sglang, version: 0.5.9}": "engine: {kind: vllm, version: 0.32.0}",
                "tp_size: 16": "tp_size: 8\ndp_size: 2",
            ]
        ),
        DiagnosticPage(
            .unknownRelease,
            "the release is one muster does not know",
            meaning: """
                Flags, ports, log lines and shutdown behaviour changed between releases, and what muster knows was read \
                from a range of them. Outside of it the nearest known release is taken as a guide, hence a warning: \
                progress may be shown wrongly, and a flag may be refused by the engine.
                """,
            fix: "Check the release under `engine`; watch the first start.",
            edits: ["engine: {kind: sglang, version: 0.5.9}": "engine: {kind: sglang, version: 0.3.6}"]
        ),
        DiagnosticPage(
            .derivedPortCollision,
            "the HTTP port is one the engine derives from the rendezvous port",
            meaning: """
                With DP attention SGLang opens a row of sockets right above the rendezvous port on the first node, for the \
                tokenizer, the detokenizer, the controller and the workers. HTTP on one of them makes the launcher wait \
                30 seconds for its own port and give up.
                """,
            fix: "Put the two ports further apart, for example 8000 and 5000.",
            edits: [
                "tp_size: 16": "tp_size: 16\ndp_size: 2",
                "ports: {http: 8000, rendezvous: 5000}": "ports: {http: 5003, rendezvous: 5000}",
                "args: {trust-remote-code: true}": "args: {enable-dp-attention: true}",
            ]
        ),
        DiagnosticPage(
            .argumentForm,
            "a flag is not written the way `args` wants it",
            meaning: """
                `args` maps the name of a flag, without its dashes, to its value. A name with dashes, an equals sign or a \
                space in it would reach the engine as another word than was meant.
                """,
            fix: "Write `name: value`, and `name: true` for a flag without a value.",
            edits: ["args: {trust-remote-code: true}": "args: {--trust-remote-code: true}"]
        ),
        DiagnosticPage(
            .memoryFraction,
            "the value is no fraction of the GPU's memory",
            meaning: """
                `gpu-memory-utilization` of vLLM and `mem-fraction-static` of SGLang are parts of one: 0.9 is nine tenths. \
                A percentage is the usual slip, and the engine says so only after it has been imported on every node.
                """,
            fix: "Write a number above 0 and at most 1.",
            edits: [
                "engine: {kind: sglang, version: 0.5.9}": "engine: {kind: vllm, version: 0.32.0}",
                "args: {trust-remote-code: true}": "args: {gpu-memory-utilization: 90}",
            ]
        ),
    ]
}
