"""Pages: a frame with a style for light and dark, and helpers that escape what they are given."""

from markupsafe import Markup, escape
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

STYLE = """
:root { color-scheme: light dark; --ink: #1d2433; --dim: #667085; --line: #dfe3ea; --back: #f6f7f9; --card: #fff;
  --accent: #1f6f5c; --accent-ink: #fff; --bad: #b42318; --good: #067647; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --dim: #98a2b3; --line: #313a4a; --back: #12161f;
  --card: #1b2130; --accent: #4fb89c; --accent-ink: #06231c; --bad: #f97066; --good: #47cd89; } }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back); }
header { display: flex; gap: 1.2rem; align-items: baseline; padding: .8rem 1.5rem; border-bottom: 1px solid var(--line);
  background: var(--card); }
header strong { font-size: 1.05rem; } header span { margin-left: auto; color: var(--dim); font-size: .85rem; }
main { max-width: 1120px; margin: 0 auto; padding: 1.2rem 1.5rem 4rem; }
a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
h1 { font-size: 1.45rem; margin: .4rem 0 1rem; } h2 { font-size: 1.05rem; margin: 1.6rem 0 .6rem; }
section, form.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.2rem;
  margin-bottom: 1rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; } th { text-align: left; color: var(--dim); font-weight: 600; }
th, td { padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
input, select { font: inherit; color: inherit; background: var(--back); border: 1px solid var(--line);
  border-radius: 6px; padding: .3rem .5rem; max-width: 100%; }
input[type=number] { width: 5.6rem; }
button { font: inherit; border: 0; border-radius: 6px; padding: .35rem .9rem; cursor: pointer;
  background: var(--accent); color: var(--accent-ink); } button.quiet { background: var(--line); color: var(--ink); }
.row { display: flex; flex-wrap: wrap; gap: .7rem 1rem; align-items: center; } .dim { color: var(--dim); }
.tag { display: inline-block; padding: 0 .5rem; border-radius: 1rem; background: var(--line); font-size: .82rem; }
.bad { color: var(--bad); } .good { color: var(--good); } code { font-size: .88rem; overflow-wrap: anywhere; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(235px, 1fr)); gap: .8rem; }
.item { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem; }
.item b { display: block; }
"""


def frame(title: str, body: Markup, *, place: str = "", status: int = 200) -> Response:
    """A whole page."""
    page = Markup(
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        '<style>{style}</style></head><body><header><strong><a href="/">Sandbox</a></strong>'
        '<a href="/admin/">State</a><span>{place}</span></header><main><h1>{title}</h1>{body}</main></body></html>'
    ).format(title=title, style=Markup(STYLE), place=place, body=body)
    return Response(str(page), status, content_type="text/html; charset=utf-8")


def join(parts) -> Markup:
    return Markup("").join(parts)


def table(heads, rows) -> Markup:
    """A table; a head that starts with ``>`` makes its column right-aligned numbers."""
    right = [head.startswith(">") for head in heads]

    def cell(tag: str, value, is_number: bool) -> Markup:
        opening = Markup('<{0} class="n">' if is_number else "<{0}>").format(tag)
        return Markup("{}{}</{}>").format(opening, value, tag)

    top = join(cell("th", head.lstrip(">"), number) for head, number in zip(heads, right, strict=True))
    lines = join(
        Markup("<tr>{}</tr>").format(join(cell("td", value, n) for value, n in zip(row, right, strict=True)))
        for row in rows
    )
    return Markup("<table><tr>{}</tr>{}</table>").format(top, lines)


def button(action: str, label: str, *, quiet: bool = False, **hidden) -> Markup:
    """A form of one button that posts ``hidden`` values to ``action``."""
    fields = join(Markup('<input type="hidden" name="{}" value="{}">').format(k, v) for k, v in hidden.items())
    style = Markup(' class="quiet"') if quiet else ""
    return Markup('<form method="post" action="{}">{}<button{}>{}</button></form>').format(action, fields, style, label)


def options(values, chosen=None) -> Markup:
    """``<option>`` elements of values or (value, label) pairs."""
    pairs = [value if isinstance(value, tuple) else (value, value) for value in values]
    return join(
        Markup('<option value="{}"{}>{}</option>').format(value, Markup(" selected") if value == chosen else "", label)
        for value, label in pairs
    )


def tag(text) -> Markup:
    return Markup('<span class="tag">{}</span>').format(text)


def link(url: str, text) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url, text)


def back_to(url: str) -> Response:
    return redirect(url, 303)


def deliveries_table(entries: list[dict]) -> Markup:
    """Webhook deliveries with what was answered."""
    rows = []
    for entry in entries:
        last = entry["answers"][-1] if entry["answers"] else None
        if last is None:
            answer = Markup('<span class="dim">not sent yet</span>')
        else:
            good = last["status"] is not None and 200 <= last["status"] < 300
            text = f"HTTP {last['status']}" if last["status"] else last.get("detail", "")
            answer = Markup('<span class="{}">{}</span> <span class="dim">{} ms</span>').format(
                "good" if good else "bad", text, last["ms"]
            )
        identity = next((v for k, v in entry["headers"].items() if k.lower().endswith("webhook-id")), "")
        rows.append(
            (entry["topic"], entry["state"], entry["attempts"], answer, Markup("<code>{}</code>").format(identity))
        )
    if not rows:
        return Markup('<p class="dim">None. Is a webhook subscription registered?</p>')
    return table(("Topic", "State", ">Attempts", "Last answer", "Webhook id"), rows)


__all__ = [
    "Markup", "back_to", "button", "deliveries_table", "escape", "frame", "join", "link", "options", "table", "tag",
]  # fmt: skip
