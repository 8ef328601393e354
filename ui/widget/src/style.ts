/** The look of the widget: the product's tokens inside the shadow root, then the parts from the outside in. */

const light = `color-scheme:light;
--surface:oklch(.99 .003 80);--sunken:oklch(.94 .009 74);--hover:oklch(.953 .009 74);--raised:#fff;
--line:oklch(.895 .01 72);--line-soft:oklch(.93 .008 72);--line-button:oklch(.82 .014 70);--line-control:oklch(.64 .016 68);
--ink:oklch(.245 .014 55);--ink-2:oklch(.41 .016 58);--ink-3:oklch(.5 .016 60);
--accent:oklch(.44 .13 342);--accent-hover:oklch(.39 .125 342);--on-accent:oklch(.99 .005 342);--accent-text:var(--accent);--accent-soft:oklch(.952 .014 340);--accent-line:oklch(.84 .055 342);--accent-edge:var(--accent);
--good-ink:oklch(.43 .085 158);--good-mark:oklch(.57 .115 158);--late-ink:oklch(.47 .165 28);--late-mark:oklch(.57 .195 28);--late-soft:oklch(.953 .019 28);--watch-ink:oklch(.46 .095 66);--watch-mark:oklch(.64 .135 66);--watch-soft:oklch(.953 .042 84);--on-late:#fff;
--e-2:0 2px 4px oklch(.3 .03 60/.06),0 6px 16px oklch(.3 .03 60/.08);--e-3:0 4px 8px oklch(.3 .03 60/.08),0 16px 40px oklch(.3 .03 60/.16);`;

const dark = `color-scheme:dark;
--surface:oklch(.225 .009 55);--sunken:oklch(.282 .011 55);--hover:oklch(.258 .01 55);--raised:oklch(.262 .01 55);
--line:oklch(.315 .011 55);--line-soft:oklch(.268 .01 55);--line-button:oklch(.4 .014 58);--line-control:oklch(.56 .016 60);
--ink:oklch(.935 .008 75);--ink-2:oklch(.8 .012 70);--ink-3:oklch(.69 .014 66);
--accent:oklch(.785 .08 345);--accent-hover:oklch(.835 .07 345);--on-accent:oklch(.21 .045 342);--accent-text:var(--accent);--accent-soft:oklch(.29 .03 342);--accent-line:oklch(.44 .055 342);--accent-edge:var(--accent);
--good-ink:oklch(.81 .105 158);--good-mark:oklch(.7 .12 158);--late-ink:oklch(.79 .11 26);--late-mark:oklch(.68 .17 26);--late-soft:oklch(.295 .055 26);--watch-ink:oklch(.84 .105 80);--watch-mark:oklch(.77 .13 76);--watch-soft:oklch(.295 .04 76);--on-late:oklch(.19 .03 26);
--e-2:0 2px 4px oklch(0 0 0/.3),0 6px 16px oklch(0 0 0/.34);--e-3:0 4px 8px oklch(0 0 0/.34),0 16px 40px oklch(0 0 0/.48);`;

const frame = `
*,*::before,*::after{box-sizing:border-box}
[hidden]{display:none!important}
h2,h3,p,ol,fieldset,legend{margin:0;padding:0;border:0;font:inherit}
ol{list-style:none}
button,input,textarea,select{font:inherit;color:inherit;letter-spacing:inherit;margin:0}
button{background:none;border:0;padding:0;cursor:pointer;text-align:center}
a{color:var(--accent-text);text-underline-offset:2px}
:focus-visible{outline:2px solid var(--accent-edge);outline-offset:2px;border-radius:4px}
.icon{flex:none;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
.heard{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.root{font:14px/20px "Inter Variable",Inter,system-ui,"Segoe UI","Noto Sans",sans-serif;color:var(--ink);text-align:start;-webkit-font-smoothing:antialiased;-webkit-text-size-adjust:100%}
.launcher{position:fixed;z-index:2147483000;bottom:calc(24px + env(safe-area-inset-bottom));right:24px;width:56px;height:56px;display:grid;place-items:center;border-radius:999px;background:var(--accent);color:var(--on-accent);box-shadow:var(--e-3),0 0 0 1px var(--accent-edge);transition:background 80ms}
.launcher:hover{background:var(--accent-hover)}
.launcher:focus-visible{border-radius:999px;outline-offset:3px}
.badge{position:absolute;top:-4px;right:-4px;min-width:22px;height:22px;padding:0 6px;border-radius:999px;background:var(--late-mark);color:var(--on-late);font-size:12px;line-height:22px;font-weight:650;box-shadow:0 0 0 2px var(--surface)}
.panel{position:fixed;z-index:2147483000;bottom:24px;right:24px;width:376px;max-width:calc(100vw - 32px);height:640px;max-height:calc(100dvh - 48px);display:flex;flex-direction:column;background:var(--surface);border-radius:14px;box-shadow:var(--e-3),0 0 0 1px var(--line);overflow:hidden;animation:rise 150ms cubic-bezier(.2,0,0,1)}
.panel:focus{outline:0}
:host([data-side=left]) .launcher,:host([data-side=left]) .panel{right:auto;left:24px}
@keyframes rise{from{opacity:0;transform:translateY(8px)}}
header{flex:none;display:flex;align-items:center;gap:12px;min-height:65px;padding:12px 16px;border-bottom:1px solid var(--line)}
.who{flex:1;min-width:0}
.who h2{font-weight:550;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.who p{font-size:12px;line-height:16px;color:var(--ink-3)}
.avatar{width:40px;height:40px;flex:none;display:grid;place-items:center;border-radius:999px;background:var(--sunken);color:var(--ink-2);font-weight:650;border:1px solid var(--line)}
.state{display:inline-flex;align-items:center;gap:5px;font-weight:550;color:var(--ink-2)}
.state.good{color:var(--good-ink)}.state.good .icon{color:var(--good-mark)}
.state.late{color:var(--late-ink)}
.btn{min-height:32px;display:inline-flex;align-items:center;justify-content:center;gap:6px;padding:5px 12px;border:1px solid var(--line-button);border-radius:6px;background:var(--surface);font-size:13px;font-weight:550;transition:background 80ms}
.btn:hover{background:var(--hover)}
.btn.main{background:var(--accent);border-color:var(--accent-edge);color:var(--on-accent)}
.btn.main:hover{background:var(--accent-hover)}
.btn.quiet{border-color:transparent;background:none;color:var(--ink-2);padding-inline:8px}
.btn.quiet:hover{background:var(--hover);color:var(--ink)}
.btn.danger{color:var(--late-ink)}
.btn.square{width:32px;height:32px;padding:0;flex:none}
.btn.large{min-height:40px;width:100%}
.btn[aria-disabled=true]{cursor:default;opacity:.65}
.link{color:var(--accent-text);font-size:12px;line-height:16px;padding:4px 0;text-align:start}
.link:hover{text-decoration:underline;text-underline-offset:2px}
footer{flex:none;display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:0 12px;padding:0 16px 8px;font-size:12px;line-height:16px;color:var(--ink-3)}
footer span{padding:4px 0}
`;

const talk = `
.body{flex:1;min-height:0;display:flex;flex-direction:column;position:relative}
.scroll{flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;padding:16px;scrollbar-width:thin;scrollbar-color:var(--line-button) transparent}
.scroll:focus-visible{outline-offset:-3px;border-radius:10px}
.stream{display:flex;flex-direction:column;gap:12px}
.event{display:flex;align-items:center;gap:8px;font-size:12px;line-height:16px;color:var(--ink-3)}
.event::after{content:"";flex:1;min-width:16px;height:1px;background:var(--line)}
.msg{max-width:86%;width:fit-content;overflow-wrap:anywhere}
.msg.more{margin-top:-8px}
.msg .text{padding:8px 12px;border-radius:2px 10px 10px 10px;background:var(--sunken);white-space:pre-wrap;width:fit-content}
.msg.mine{align-self:flex-end}
.msg.mine .text{margin-inline-start:auto;border-radius:10px 2px 10px 10px;background:var(--accent-soft)}
.msg .by{display:flex;flex-wrap:wrap;align-items:center;gap:2px 6px;margin-top:4px;font-size:12px;line-height:16px;color:var(--ink-3)}
.msg.mine .by{justify-content:flex-end}
.msg .by.late{color:var(--late-ink)}
.file{display:flex;align-items:center;gap:8px;padding:8px 12px;border:1px solid var(--line-button);border-radius:10px;background:var(--surface);color:var(--ink);text-decoration:none;font-size:13px;min-width:0}
.text + .file,.file + .file{margin-top:4px}
.file:hover{background:var(--hover)}
.file .name{min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.file .size{flex:none;color:var(--ink-3);font-size:12px}
.file.picture{padding:0;overflow:hidden;display:block;width:fit-content;margin-inline-start:auto}
.msg:not(.mine) .file.picture{margin-inline-start:0}
.file.picture img{display:block;max-width:100%;width:auto;max-height:200px;object-fit:cover}
.bar{height:3px;border-radius:2px;background:var(--line);overflow:hidden;margin-top:6px}
.bar i{display:block;height:100%;background:var(--accent-edge);transform-origin:0 50%}
.typing{display:flex;align-items:center;gap:8px;min-height:16px;font-size:12px;line-height:16px;color:var(--ink-3);margin-top:12px}
.wait{display:flex;gap:12px;margin-bottom:16px;padding:12px;border:1px solid var(--line);border-radius:10px;background:var(--raised)}
.wait .icon{margin-top:2px;color:var(--ink-3)}
.wait b{display:block;font-weight:550}
.wait p{font-size:13px;color:var(--ink-2);white-space:pre-line}
.strip{flex:none;display:flex;align-items:center;gap:8px;padding:8px 16px;font-size:13px;background:var(--watch-soft);color:var(--watch-ink)}
.strip.late{background:var(--late-soft);color:var(--late-ink)}
.strip p{flex:1}
.strip .btn{min-height:24px;padding:1px 8px;font-size:12px;background:none;border-color:currentColor;color:inherit}
.strip .btn.square{width:24px;height:24px;border-color:transparent;padding:0}
.jump{position:absolute;bottom:8px;left:50%;transform:translateX(-50%);box-shadow:var(--e-2);border-radius:999px}
.composer{flex:none;display:flex;align-items:flex-end;gap:4px;margin:0 12px 8px;padding:4px 4px 4px 12px;border:1px solid var(--line-control);border-radius:10px;background:var(--raised)}
.composer:focus-within{outline:2px solid var(--accent-edge);outline-offset:-1px}
.composer textarea{flex:1;min-width:0;min-height:32px;max-height:152px;padding:6px 0;border:0;background:none;resize:none;outline:0;overflow-y:auto;scrollbar-width:thin}
::placeholder{color:var(--ink-3);opacity:1}
.drop{position:absolute;inset:8px;display:grid;place-items:center;border:2px dashed var(--accent-edge);border-radius:10px;background:var(--surface);color:var(--accent-text);font-weight:550;z-index:1;pointer-events:none}
.card{flex:none;display:grid;gap:12px;margin:0 12px 8px;padding:12px;border:1px solid var(--line);border-radius:10px;background:var(--raised)}
.card h3{font-weight:550}
.survey{flex:none;width:100%;height:min(380px,55vh);border:0;border-top:1px solid var(--line)}
.row{display:flex;gap:8px;flex-wrap:wrap}
.row>.btn{flex:1 1 auto}
`;

const forms = `
.form{display:grid;gap:16px;align-content:start}
.form.center{align-content:center;justify-items:center;text-align:center;min-height:100%}
.intro h3{font-size:16px;line-height:24px;font-weight:650}
.intro p{color:var(--ink-2)}
.field{display:grid;gap:4px}
.field>label,.field legend{font-size:12px;line-height:16px;font-weight:550;color:var(--ink-2);display:flex;gap:8px;justify-content:space-between}
.field>label span{font-weight:400;color:var(--ink-3)}
.field input,.field textarea,.field select{width:100%;min-height:40px;padding:9px 12px;border:1px solid var(--line-control);border-radius:6px;background:var(--raised);color:var(--ink)}
.field select{padding-inline:8px}
.field textarea{min-height:72px;resize:vertical}
.field :is(input,textarea,select):focus-visible{outline-offset:-1px;border-radius:6px}
.field [aria-invalid=true]{border-color:var(--late-mark)}
.hint{font-size:12px;line-height:16px;color:var(--ink-3)}
.fault{display:flex;align-items:center;gap:6px;font-size:12px;line-height:16px;color:var(--late-ink)}
.after{flex:none;padding:0 12px 8px}
.card .field textarea{min-height:60px}
.card .form{gap:12px}.card .form>:empty,.card>:empty{display:none}
.scale{display:grid;grid-template-columns:repeat(5,minmax(0,1fr));gap:4px}
.field legend{margin-bottom:8px}
.scale label{position:relative;display:grid;font-weight:400;justify-items:center;gap:2px;padding:6px 0;border:1px solid var(--line-button);border-radius:6px;font-size:12px;line-height:16px;color:var(--ink-2);cursor:pointer;text-align:center}
.scale label b{font-size:16px;line-height:20px;font-weight:650;color:var(--ink)}
.scale label:hover{background:var(--hover)}
.scale input{position:absolute;inset:0;opacity:0;cursor:pointer}
.scale label:has(:checked){border-color:var(--accent-edge);background:var(--accent-soft);color:var(--accent-text);box-shadow:inset 0 0 0 1px var(--accent-edge)}
.scale label:has(:checked) b{color:var(--accent-text)}
.scale label:has(:focus-visible){outline:2px solid var(--accent-edge);outline-offset:2px}
`;

const places = `
@media (max-width:480px),(max-height:440px){
.panel,:host([data-side=left]) .panel{inset:0;top:var(--top,0);width:auto;max-width:none;height:var(--height,100dvh);max-height:none;border-radius:0;padding:env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left)}
.launcher,:host([data-side=left]) .launcher{bottom:calc(16px + env(safe-area-inset-bottom));right:16px}
:host([data-side=left]) .launcher{right:auto;left:16px}
.composer textarea,.field :is(input,textarea,select){font-size:16px}
}
@media (max-height:440px){header{min-height:49px;padding-block:4px}.scroll{padding-block:8px}.avatar{width:32px;height:32px}}
@media (max-width:340px){.card .scale label b{line-height:18px}.card{padding:8px;margin-inline:8px}.scale{gap:2px}header{gap:8px;padding-inline:12px}.scroll{padding-inline:12px}}
@media (prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important}}
@media (forced-colors:active){.launcher,.panel,.msg .text,.badge{border:1px solid CanvasText}.btn.main,.launcher{forced-color-adjust:none;background:ButtonText;color:ButtonFace}.bar i{background:Highlight}.scale label:has(:checked){border:2px solid Highlight}.event::after{background:CanvasText}}
@media print{:host{display:none}}
`;

const squeezed = (css: string): string => css.replace(/\n/g, "");

/** The style sheet of the shadow root. */
export const style = squeezed(
  `:host{all:initial;${light}}@media (prefers-color-scheme:dark){:host(:not([data-theme=light])){${dark}}}:host([data-theme=dark]){${dark}}${frame}${talk}${forms}${places}`,
);
