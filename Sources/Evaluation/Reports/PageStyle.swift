/// How a page looks: one column of text, pictures in a grid, few colors, light or dark as the reader likes it.
enum PageStyle {
  /// Free of the characters that XML would take for markup.
  static let sheet: Markup = """
    :root {
      color-scheme: light dark;
      --page: #ffffff; --ink: #1d2126; --soft: #5d6671; --rule: #c3c9d0; --grid: #eceef1; --panel: #f6f7f9;
      --model: #2060b8; --baseline: #7b838d; --ranker: #b3500f;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #14171b; --ink: #e4e7ea; --soft: #98a1ab; --rule: #4a525b; --grid: #242a30; --panel: #1b2026;
        --model: #7cb1fa; --baseline: #8d96a0; --ranker: #f0a25f;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto,
      "Noto Sans", "Liberation Sans", sans-serif; font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
    }
    main { max-width: 1080px; margin: 0 auto; padding: 48px 24px 72px; }
    h1 { font-size: 26px; line-height: 1.25; font-weight: 650; margin: 0 0 8px; overflow-wrap: anywhere; }
    h2 { font-size: 18px; font-weight: 650; margin: 0; }
    h3 { font-size: 14px; font-weight: 600; margin: 0; }
    p { margin: 0; color: var(--soft); max-width: 46em; }
    .kind { font-size: 13px; margin-bottom: 4px; }
    section { margin-top: 48px; padding-top: 20px; border-top: 1px solid var(--grid); }
    section p { margin-bottom: 20px; }
    .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 28px 0 0; }
    .figures div { background: var(--panel); border-radius: 6px; padding: 12px 12px 14px; }
    .figures dt { font-size: 13px; color: var(--soft); }
    .figures dd { margin: 0; font-size: 26px; line-height: 1.25; font-weight: 600; }
    .figures .note { font-size: 12.5px; font-weight: 400; color: var(--soft); margin-top: 2px; }
    .grid { display: grid; gap: 32px 28px; align-items: start; }
    .three { grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr)); }
    .two { grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr)); }
    figure { margin: 0; }
    figcaption { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 16px; margin-bottom: 10px; }
    section .legend { margin: 0; font-size: 13px; display: flex; flex-wrap: wrap; gap: 0 14px; }
    .legend span { white-space: nowrap; }
    .key { width: 22px; height: 10px; margin-right: 6px; display: inline-block; }
    figure svg { display: block; width: 100%; height: auto; overflow: visible; }
    figure .key { display: inline-block; width: 22px; }
    .three figure { max-width: 460px; }
    .three h3 { flex-basis: 100%; }
    .two figure { max-width: 560px; }
    svg text { font-size: 11px; fill: var(--soft); }
    .two svg text { font-size: 11.5px; }
    svg .number { fill: var(--ink); }
    .end { text-anchor: end; }
    .middle { text-anchor: middle; }
    .grid line.grid, line.grid { stroke: var(--grid); stroke-width: 1; }
    line.rule { stroke: var(--rule); stroke-width: 1; }
    .line { fill: none; stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round; }
    .line.model { stroke: var(--model); }
    .line.baseline { stroke: var(--baseline); stroke-width: 1.5; stroke-dasharray: 4 4; }
    .line.ranker { stroke: var(--ranker); stroke-dasharray: 1 3.5; stroke-width: 2.25; }
    .bar { fill: var(--model); }
    .halo { stroke: var(--page); stroke-width: 5; }
    .tick { stroke-width: 2; }
    .tick.baseline { stroke: var(--baseline); }
    .tick.ranker { stroke: var(--ranker); stroke-dasharray: 2 2; }
    .dot { fill: var(--model); fill-opacity: 0.8; stroke: var(--page); stroke-width: 1; }
    details { margin-top: 16px; }
    summary { font-size: 13px; color: var(--soft); cursor: pointer; width: fit-content; }
    summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--model); outline-offset: 2px; }
    details .scroll { margin-top: 14px; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; font-size: 13px; }
    caption { text-align: left; font-weight: 600; font-size: 14px; padding-bottom: 8px; }
    details caption { font-weight: 400; font-size: 13px; color: var(--soft); }
    th, td { padding: 4px 0 4px 24px; text-align: right; border-bottom: 1px solid var(--grid); font-weight: 400; }
    thead th, thead td { color: var(--soft); vertical-align: bottom; border-bottom-color: var(--rule); }
    tbody th, .w { text-align: left; }
    tr *:first-child { padding-left: 0; }
    tbody th, .w { white-space: nowrap; }
    .facts { margin: 0; font-size: 13px; }
    .facts div { display: flex; gap: 24px; padding: 4px 0; border-bottom: 1px solid var(--grid); }
    .facts dt { color: var(--soft); flex: 0 0 140px; }
    .facts dd { margin: 0; overflow-wrap: anywhere; }
    @media (max-width: 560px) {
      main { padding: 28px 16px 48px; }
      .figures { grid-template-columns: repeat(2, 1fr); }
      .two svg text { font-size: 14px; }
      th, td { padding-left: 12px; }
      .facts dt { flex-basis: 110px; }
    }
    @media print {
      section { break-inside: avoid; }
    }
    """
}
