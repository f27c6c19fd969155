extension DoctorPage {
    /// Colours are named by what they mean; every one of them stands beside words that say the same.
    static let style: StaticString = """

        :root {
          --page: #ffffff; --ink: #1c2128; --faint: #57606a; --line: #d0d7de; --panel: #f6f8fa; --edge: #8c959f;
          --bad: #b42318; --bad-panel: #fdeceb; --doubtful: #7d4e00; --doubtful-panel: #fff4d6;
          --good: #116329; --good-panel: #e6f6ea; --gpu: #e3ecfb; --nic: #f1eafb;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #0f1319; --ink: #e3e7ec; --faint: #9aa4af; --line: #343c46; --panel: #181e26; --edge: #6b7683;
            --bad: #ff8f84; --bad-panel: #3a1a18; --doubtful: #e9b44c; --doubtful-panel: #33270d;
            --good: #69d086; --good-panel: #12301b; --gpu: #18263f; --nic: #281d3d;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; padding: 1rem; max-width: 90rem; background: var(--page); color: var(--ink);
          font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
        }
        h1 { font-size: 1.5rem; line-height: 1.3; margin: .5rem 0 0; overflow-wrap: anywhere; }
        h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; }
        h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
        p { margin: .4rem 0; }
        header p, footer, caption, figcaption, .faint { color: var(--faint); }
        footer { margin-top: 2rem; border-top: 1px solid var(--line); font-size: .85rem; }
        code, .code, svg text { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
        code { font-size: .9em; background: var(--panel); padding: .05em .3em; border-radius: 3px; }
        .bad { color: var(--bad); } .doubtful { color: var(--doubtful); } .good { color: var(--good); }
        .strong { font-weight: 600; }
        .finding {
          margin: .7rem 0; padding: .7rem .9rem; color: var(--ink); background: var(--panel);
          border: 1px solid var(--line); border-left: 4px solid var(--edge); border-radius: 4px;
        }
        .finding.bad { border-left-color: var(--bad); } .finding.doubtful { border-left-color: var(--doubtful); }
        .finding.bad > h3 .code { color: var(--bad); } .finding.doubtful > h3 .code { color: var(--doubtful); }
        .code { font-size: .85em; font-weight: 600; }
        dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem .8rem; margin: .5rem 0 0; }
        dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
        @media (max-width: 30rem) { dl { grid-template-columns: minmax(0, 1fr); gap: 0; } dd { margin-bottom: .4rem; } }
        details { margin: .6rem 0; } summary { cursor: pointer; color: var(--faint); }
        figure { margin: .5rem 0 1rem; } figcaption { margin-bottom: .3rem; }
        .wide { overflow-x: auto; max-width: 100%; }
        table { border-collapse: collapse; font-size: .85rem; }
        caption { text-align: left; padding-bottom: .3rem; white-space: nowrap; }
        th, td { text-align: left; padding: .25rem .7rem .25rem 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
        thead th { color: var(--faint); font-weight: 500; } tbody th { font-weight: 600; }
        .grid td, .grid th { padding: .3rem .6rem; border: 1px solid var(--line); }
        .grid td { text-align: center; } .grid td.good { background: var(--good-panel); }
        .grid td.bad { background: var(--bad-panel); font-weight: 600; } .grid td.doubtful { background: var(--doubtful-panel); }
        .legend { font-size: .85rem; }
        .key { display: inline-block; margin: .1rem .3rem .1rem 0; padding: 0 .4rem; border: 1px solid; border-radius: 3px; }
        .key.good { background: var(--good-panel); } .key.doubtful { background: var(--doubtful-panel); }
        .key.bad { background: var(--bad-panel); }
        .key.short { color: var(--bad); border-style: dotted; border-width: 2px; }
        .key.misplaced { color: var(--bad); border-width: 3px; }
        .key.ghost { color: var(--bad); border-style: dashed; }
        svg { display: block; } svg text { font-size: 11px; fill: var(--ink); }
        svg rect { fill: var(--panel); stroke: var(--edge); }
        svg .gpu > rect { fill: var(--gpu); } svg .nic > rect { fill: var(--nic); }
        svg .ghost > rect { fill: none; stroke: var(--bad); stroke-dasharray: 5 4; }
        svg .ghost > text { fill: var(--bad); }
        svg .misplaced > rect { stroke: var(--bad); stroke-width: 3; }
        svg text.faint { fill: var(--faint); } svg text.bad { fill: var(--bad); font-weight: 600; }
        svg text.good { fill: var(--good); } svg text.doubtful { fill: var(--doubtful); }
        svg text.strong { font-weight: 600; }
        svg .port.good rect { fill: var(--good-panel); stroke: var(--good); }
        svg .port.doubtful rect { fill: var(--doubtful-panel); stroke: var(--doubtful); }
        svg .port.bad rect { fill: var(--bad-panel); stroke: var(--bad); } svg .port text { font-weight: 400; }
        svg polyline { fill: none; stroke: var(--edge); stroke-width: 1.5; }
        svg .short { stroke: var(--bad); stroke-width: 2.5; stroke-dasharray: 2 3; }
        svg .move { stroke: var(--bad); stroke-dasharray: 6 4; } svg .head { fill: var(--bad); }
        @media print {
          body { max-width: none; padding: 0; font-size: 11px; }
          .wide { overflow: visible; } table { font-size: 8px; } svg { max-width: 100%; height: auto; }
          .finding, figure, tr { break-inside: avoid; }
          details::details-content { content-visibility: visible; display: block; }
        }

        """
}
