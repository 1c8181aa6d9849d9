/** Text made safe for HTML, also inside double-quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** What a page shows; `main` is HTML. */
export interface Page {
  readonly company: string;
  readonly title: string;
  readonly main: string;
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2330; --quiet: #566074; --paper: #fff; --ground: #eef1f6; --line: #8a94a6;
  --accent: #1f4fb8; --accent-ink: #fff; --alarm: #a3170f; --alarm-paper: #fdeceb; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9ecf2; --quiet: #aab3c2; --paper: #1b212c; --ground: #11151c;
  --line: #778196; --accent: #8fb2ff; --accent-ink: #0b1220; --alarm: #ffb1aa; --alarm-paper: #3a1715; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--ground);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 26rem; padding: 2rem; background: var(--paper); border-radius: 0.75rem;
  box-shadow: 0 1px 2px rgb(0 0 0 / 15%), 0 8px 24px rgb(0 0 0 / 10%); }
.company { margin: 0; color: var(--quiet); font-weight: 600; }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; }
label { display: block; margin: 1rem 0 0.25rem; font-weight: 600; }
input { width: 100%; padding: 0.6rem 0.75rem; font: inherit; color: inherit; background: transparent;
  border: 1px solid var(--line); border-radius: 0.4rem; }
button { width: 100%; margin-top: 1.5rem; padding: 0.65rem; font: inherit; font-weight: 600; cursor: pointer;
  color: var(--accent-ink); background: var(--accent); border: 0; border-radius: 0.4rem; }
button.quiet { margin-top: 0.75rem; color: var(--accent); background: transparent; border: 1px solid currentcolor; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
[role=alert] { margin: 0 0 1rem; padding: 0.6rem 0.75rem; color: var(--alarm); background: var(--alarm-paper);
  border-radius: 0.4rem; }
.code { font: 600 1.75rem/1.4 ui-monospace, monospace; letter-spacing: 0.1em; text-align: center; }
.cancel { margin: 1rem 0 0; text-align: center; }
aside { margin-top: 1.5rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--quiet);
  font-size: 0.875rem; }
aside p { margin: 0 0 0.5rem; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0.25rem 0.75rem; margin: 0; }
dd { margin: 0; }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
`;

/** A whole HTML document in the company's looks. It loads nothing and runs no script. */
export function renderPage({ company, title, main }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – ${escapeHtml(company)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="company">${escapeHtml(company)}</p>
<h1>${escapeHtml(title)}</h1>
${main}
</main>
</body>
</html>
`;
}
