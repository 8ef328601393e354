"""How the public page looks: the product's colours, light and dark, nothing loaded."""

import base64
import hashlib

_LIGHT = (
    "color-scheme:light;--ground:oklch(.962 .007 75);--surface:oklch(.99 .003 80);"
    "--hover:oklch(.953 .009 74);--line:oklch(.895 .01 72);--line-control:oklch(.64 .016 68);"
    "--ink:oklch(.245 .014 55);--ink-2:oklch(.41 .016 58);--ink-3:oklch(.5 .016 60);"
    "--accent:oklch(.44 .13 342);--accent-hover:oklch(.39 .125 342);"
    "--on-accent:oklch(.99 .005 342);--good-ink:oklch(.43 .085 158);"
    "--good-soft:oklch(.953 .028 158);--late-ink:oklch(.47 .165 28);--late-soft:oklch(.953 .019 28)"
)
_DARK = (
    "color-scheme:dark;--ground:oklch(.188 .008 55);--surface:oklch(.225 .009 55);"
    "--hover:oklch(.258 .01 55);--line:oklch(.315 .011 55);--line-control:oklch(.56 .016 60);"
    "--ink:oklch(.935 .008 75);--ink-2:oklch(.8 .012 70);--ink-3:oklch(.69 .014 66);"
    "--accent:oklch(.785 .08 345);--accent-hover:oklch(.835 .07 345);"
    "--on-accent:oklch(.21 .045 342);--good-ink:oklch(.81 .105 158);"
    "--good-soft:oklch(.295 .04 158);--late-ink:oklch(.79 .11 26);--late-soft:oklch(.295 .055 26)"
)
STYLE = f"""
:root{{{_LIGHT}}}
@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{_DARK}}}}}
:root[data-theme=dark]{{{_DARK}}}
*,*::before,*::after{{box-sizing:border-box}}
body{{margin:0;background:var(--ground);color:var(--ink);
font:16px/24px "Inter Variable",Inter,system-ui,"Segoe UI","Noto Sans",sans-serif;
-webkit-text-size-adjust:100%}}
main{{max-width:560px;margin:32px auto;padding:24px;background:var(--surface);
border:1px solid var(--line);border-radius:14px}}
h1{{margin:0 0 8px;font-size:20px;line-height:28px;font-weight:650}}
p{{margin:0 0 16px;overflow-wrap:anywhere}}
.soft{{color:var(--ink-2);font-size:14px;line-height:20px}}
fieldset,.field{{margin:0 0 24px;padding:0;border:0;min-width:0}}
legend,.field>label{{display:block;padding:0;margin:0 0 8px;font-weight:550;overflow-wrap:anywhere}}
.scale{{display:grid;grid-template-columns:repeat(auto-fit,minmax(40px,1fr));gap:4px}}
.list{{display:grid;gap:4px}}
.pick{{position:relative;display:block}}
.pick input{{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:pointer}}
.pick span{{display:flex;align-items:center;justify-content:center;min-height:40px;padding:4px 8px;
border:1px solid var(--line-control);border-radius:6px;background:var(--surface);
font-variant-numeric:tabular-nums}}
.list .pick span{{justify-content:start}}
.pick input:hover+span{{background:var(--hover)}}
.pick input:checked+span{{background:var(--accent);border-color:var(--accent);
color:var(--on-accent);font-weight:650}}
.pick input:focus-visible+span{{outline:2px solid var(--accent);outline-offset:2px}}
.ends{{display:flex;justify-content:space-between;gap:16px;margin-top:4px;color:var(--ink-2);
font-size:14px;line-height:20px}}
textarea{{display:block;width:100%;min-height:96px;padding:8px 12px;font:inherit;color:inherit;
background:var(--surface);border:1px solid var(--line-control);border-radius:6px;resize:vertical}}
textarea:focus-visible,a:focus-visible,button:focus-visible{{outline:2px solid var(--accent);
outline-offset:2px}}
button{{min-height:40px;padding:8px 24px;font:inherit;font-weight:550;color:var(--on-accent);
background:var(--accent);border:1px solid var(--accent);border-radius:6px;cursor:pointer}}
button:hover{{background:var(--accent-hover)}}
a{{color:var(--accent);text-underline-offset:2px}}
.note{{padding:8px 12px;border-radius:6px;background:var(--good-soft);color:var(--good-ink)}}
.fault{{padding:8px 12px;border-radius:6px;background:var(--late-soft);color:var(--late-ink)}}
.new{{margin-inline:-12px;padding:12px;border:1px solid var(--accent);border-radius:10px}}
[hidden]{{display:none}}
@media (max-width:600px){{main{{margin:0;border:0;border-radius:0;padding:16px;min-height:100vh}}}}
@media (forced-colors:active){{.pick input:checked+span{{outline:3px solid Highlight}}}}
"""
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


def security_policy(framed_by: tuple[str, ...]) -> str:
    """What a browser may do with the page: its own style, one form, no script, nothing else."""
    framing = " ".join(framed_by) or "'none'"
    return (
        f"default-src 'none'; style-src 'sha256-{_DIGEST}'; form-action 'self'; "
        f"base-uri 'none'; frame-ancestors {framing}"
    )
