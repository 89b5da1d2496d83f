/** The page that shows a policy as a map. Generated from templates/html; not to be edited. */
export const POLICY_MAP_PAGE = {
  page: `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="{{policy}}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>{{title}}</title>
    <style>{{style}}</style>
  </head>
  <body>
    <header>
      <h1>Audit policy map</h1>
      <code id="file"></code>
      <span id="facts"></span>
      <button id="theme" type="button">Dark</button>
    </header>
    <noscript><p class="note">This page draws its picture with a script, which is switched off here.</p></noscript>

    <section id="overview" aria-labelledby="who-title">
      <h2 id="who-title">Who <small>the bar: how many kinds of request at which level</small></h2>
      <div id="senders" role="radiogroup" aria-labelledby="who-title"></div>
    </section>

    <form id="filters" class="choices" aria-label="Filters">
      <label>who <select id="sender"></select></label>
      <label>namespace <select id="namespace"></select></label>
      <label>find <input id="search" type="search" placeholder="resource, group, name, URL" spellcheck="false" /></label>
      <fieldset id="levels"><legend>levels</legend></fieldset>
      <label class="check"><input id="differs" type="checkbox" /> only what differs from anyone else</label>
    </form>

    <main>
      <section id="map" class="card" aria-label="The map">
        <div id="tables"></div>
        <p id="empty" class="note" hidden>
          Nothing is left by these filters. <span id="elsewhere"></span>
          <button type="button" id="reset">Show all</button>
        </p>
        <p class="note key">
          <b>–</b> no request is of this kind &nbsp; <i>M</i> in italics: the API server does not serve this verb here, but a try is
          decided all the same &nbsp; <b class="dot">bold</b> named in the policy
        </p>
        <p class="note" id="left" hidden></p>
      </section>
      <aside id="panel" class="card" aria-label="The rule">
        <div id="detail" aria-live="polite"></div>
        <div id="policy" tabindex="0" aria-label="The policy's text"></div>
      </aside>
    </main>
    <script type="application/json" id="data">{{data}}</script>
    <script type="module">{{script}}</script>
  </body>
</html>
`,
  style: `/* templates/html/base.css */
:root {
  color-scheme: light dark;
  --page: light-dark(#f6f7f9, #12151b);
  --card: light-dark(#ffffff, #1a1f28);
  --text: light-dark(#1b2230, #e4e9f2);
  --soft: light-dark(#5b6577, #98a3b5);
  --line: light-dark(#d8dde6, #303846);
  --accent: light-dark(#1f5fd0, #7fb0ff);
  --mono:
    ui-monospace,
    "SFMono-Regular",
    Menlo,
    Consolas,
    "DejaVu Sans Mono",
    monospace;
}
:root[data-theme=light] {
  color-scheme: light;
}
:root[data-theme=dark] {
  color-scheme: dark;
}
* {
  box-sizing: border-box;
}
[hidden] {
  display: none !important;
}
body {
  margin: 0;
  padding: 10px 14px;
  background: var(--page);
  color: var(--text);
  font: 14px/1.4 system-ui, sans-serif;
}
h1,
h2 {
  margin: 0;
  font-size: 14px;
}
h1 {
  font-size: 17px;
  white-space: nowrap;
}
small,
.note {
  color: var(--soft);
  font-size: 12px;
  font-weight: normal;
}
code {
  font: 12px/1.5 var(--mono);
}
button,
select,
input[type=search] {
  border: 1px solid var(--line);
  border-radius: 5px;
  padding: 3px 8px;
  background: var(--card);
  color: inherit;
  font: inherit;
}
button {
  cursor: pointer;
}
button:disabled {
  color: var(--soft);
  cursor: default;
}
:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 1px;
}
header {
  display: flex;
  gap: 12px;
  align-items: baseline;
}
#file {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
#theme {
  margin-left: auto;
}
.card {
  border: 1px solid var(--line);
  border-radius: 8px;
  background: var(--card);
}
.choices,
fieldset {
  display: flex;
  flex-wrap: wrap;
  gap: 6px 14px;
  align-items: center;
}
fieldset {
  gap: 4px 10px;
  margin: 0;
  border: 0;
  padding: 0;
}
legend {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
}
input[type=checkbox],
input[type=radio] {
  margin: 0;
  vertical-align: -1px;
}
@media print {
  #theme {
    display: none;
  }
  * {
    print-color-adjust: exact;
  }
}

/* templates/html/policy-map/style.css */
:root {
  --mark: light-dark(#fff3c4, #423a1c);
  --none: light-dark(#eceff3, #242b36);
  --on-none: light-dark(#566072, #9aa5b8);
  --metadata: light-dark(#a9d3f0, #1f5f8c);
  --on-metadata: light-dark(#0b3450, #eaf5ff);
  --request: light-dark(#e69f00, #e2a22b);
  --on-request: light-dark(#2e1f00, #231700);
  --both: light-dark(#7a2468, #fbd7f1);
  --on-both: light-dark(#ffffff, #55104a);
}
body {
  display: grid;
  grid-template-rows: auto auto auto minmax(0, 1fr);
  gap: 10px;
  height: 100vh;
}
#facts button {
  padding: 1px 7px;
  font-size: 12px;
}
#facts {
  color: var(--soft);
  white-space: nowrap;
}
[data-level=None] {
  background: var(--none);
  color: var(--on-none);
}
[data-level=Metadata] {
  background: var(--metadata);
  color: var(--on-metadata);
}
[data-level=Request] {
  background: var(--request);
  color: var(--on-request);
}
[data-level=RequestResponse] {
  background: var(--both);
  color: var(--on-both);
}
.badge {
  display: inline-block;
  min-width: 26px;
  padding: 0 4px;
  border-radius: 4px;
  font-size: 12px;
  font-weight: 600;
  text-align: center;
}
#senders {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(230px, 1fr));
  gap: 6px;
  max-height: 157px;
  margin-top: 4px;
  padding: 2px;
  overflow: auto;
}
.tile {
  display: grid;
  grid-template-columns: auto minmax(40px, 1fr) auto;
  gap: 2px 8px;
  align-items: center;
  padding: 3px 8px 4px;
  text-align: left;
}
.tile b,
.tile small {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.tile b {
  grid-column: 1 / -1;
  font-size: 12.5px;
  font-weight: 600;
}
.tile small {
  max-width: 110px;
}
.tile small:empty:not(.different) {
  display: none;
}
.tile small:empty + .bar {
  grid-column: 1 / 3;
}
.tile .different {
  min-height: 17px;
  color: var(--accent);
}
.tile[aria-checked=true] {
  border-color: var(--accent);
  box-shadow: inset 0 0 0 1px var(--accent);
}
.bar {
  display: flex;
  height: 8px;
  border-radius: 3px;
  overflow: hidden;
}
.bar i {
  flex: 0 1 0;
}
#filters select {
  max-width: 230px;
}
#search {
  width: 232px;
}
.check {
  white-space: nowrap;
}
main {
  display: grid;
  grid-template-columns: minmax(0, 1fr) minmax(0, 490px);
  gap: 12px;
  min-height: 0;
}
#map {
  padding: 0 10px 8px;
  overflow: auto;
}
table {
  width: 100%;
  margin-bottom: 10px;
  border-collapse: separate;
  border-spacing: 2px;
  table-layout: fixed;
}
thead th {
  position: sticky;
  z-index: 1;
  top: 0;
  padding: 6px 0 3px;
  background: var(--card);
  font-size: 10.5px;
  line-height: 1.2;
  letter-spacing: -0.1px;
  vertical-align: bottom;
}
thead th:first-child,
tbody th {
  width: 226px;
  text-align: left;
}
thead th span {
  display: block;
  margin: 0 -5px;
}
thead th.never {
  color: var(--soft);
  text-decoration: line-through;
}
.group th {
  padding: 6px 0 0;
  color: var(--soft);
  font-size: 12px;
  font-weight: 600;
}
tbody th {
  padding: 0 6px 0 10px;
  font-weight: normal;
  overflow-wrap: anywhere;
}
tbody th.named {
  font-weight: 600;
}
.name {
  padding-left: 12px;
  font-weight: normal;
}
td {
  height: 24px;
  padding: 0;
  border-radius: 4px;
  font-size: 12px;
  font-weight: 600;
  text-align: center;
  cursor: pointer;
}
td[data-level=""] {
  color: var(--line);
  cursor: default;
}
td.unserved {
  font-style: italic;
  font-weight: normal;
  opacity: 0.5;
}
td.faded {
  opacity: 0.13;
}
td.kin {
  box-shadow: inset 0 0 0 1.5px var(--card), 0 0 0 1.5px var(--accent);
}
td[aria-selected=true] {
  outline: 3px solid var(--accent);
  outline-offset: 0;
  opacity: 1;
}
tbody:first-of-type .group th {
  padding-top: 0;
}
#panel {
  display: grid;
  grid-template-rows: auto minmax(0, 1fr);
  min-height: 0;
}
#detail {
  padding: 10px 12px;
  border-bottom: 1px solid var(--line);
}
.hint {
  margin: 0;
}
.close {
  float: right;
  padding: 0 7px;
}
dl {
  display: grid;
  grid-template-columns: max-content minmax(0, 1fr);
  gap: 2px 10px;
  margin: 6px 0;
  font-size: 13px;
}
dt {
  color: var(--soft);
}
dd {
  margin: 0;
  overflow-wrap: anywhere;
}
.command {
  display: flex;
  gap: 8px;
  align-items: flex-start;
  justify-content: space-between;
}
.command code {
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}
#policy {
  position: relative;
  padding: 6px 0;
  overflow: auto;
}
.line {
  display: grid;
  grid-template-columns: 34px 34px max-content;
  width: max-content;
  min-width: 100%;
}
.line code {
  padding-right: 12px;
  white-space: pre;
}
.number {
  padding-right: 10px;
  color: var(--soft);
  font: 11px/18px var(--mono);
  text-align: right;
  user-select: none;
}
.marked {
  background: var(--mark);
  box-shadow: inset 3px 0 0 var(--accent);
}
.comment {
  color: var(--soft);
}
.chips {
  padding-left: 6px;
  line-height: 16px;
}
.chip {
  min-width: 24px;
  padding: 0 4px;
  border: 0;
  border-radius: 4px;
  font: 600 11px/16px system-ui, sans-serif;
}
.chip.dead {
  text-decoration: line-through;
  opacity: 0.55;
}
.chip.unseen {
  outline: 1px dashed var(--soft);
}
@media (max-width: 999px) {
  body {
    display: block;
    height: auto;
  }
  header,
  #filters,
  #overview {
    margin-bottom: 10px;
  }
  header {
    flex-wrap: wrap;
  }
  main {
    display: block;
  }
  #map {
    overflow: visible;
  }
  #panel {
    position: sticky;
    bottom: 0;
    margin: 10px 0 0;
    max-height: 46vh;
    box-shadow: 0 -4px 16px rgb(0 0 0 / 18%);
  }
  body:not(.chosen) #panel {
    position: static;
  }
  thead th:first-child,
  tbody th {
    width: 32%;
  }
}
@media (max-width: 599px) {
  thead th span {
    margin: 0 auto;
    rotate: 180deg;
    writing-mode: vertical-rl;
  }
}
@media print {
  body,
  main {
    display: block;
    height: auto;
  }
  #filters label:has(#search, #differs),
  #reset,
  .command button,
  .hint {
    display: none;
  }
  #senders,
  #map,
  #panel,
  #policy {
    position: static;
    max-height: none;
    overflow: visible;
  }
  #panel {
    margin-top: 12px;
    box-shadow: none;
  }
  .line,
  .line code {
    width: auto;
    white-space: pre-wrap;
  }
  .line {
    grid-template-columns: 34px 34px minmax(0, 1fr);
  }
  tr,
  .tile,
  .line {
    break-inside: avoid;
  }
}
`,
  script: `// templates/html/page-parts.js
var byId = (id) => document.getElementById(id);
var element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};
var readData = () => JSON.parse(byId("data").textContent);
var drawFile = (name) => {
  byId("file").textContent = name;
  byId("file").title = name;
};
var wordsOf = (text) => text.toLowerCase().split(/\\s+/).filter(Boolean);
var isDark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
var drawTheme = (changed = () => void 0) => {
  const show = () => {
    byId("theme").textContent = isDark() ? "Light" : "Dark";
    changed();
  };
  byId("theme").addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    show();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  show();
};

// src/audit/level.ts
var LEVELS = ["None", "Metadata", "Request", "RequestResponse"];
var STAGES = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"];

// src/audit/stages.ts
var LONG_RUNNING = {
  verbs: ["watch", "proxy"],
  subresources: ["attach", "exec", "proxy", "log", "portforward"],
  path: "/debug/pprof/"
};
var isLongRunning = ({ verb, subresource, resourceRequest, path }) => LONG_RUNNING.verbs.includes(verb) || resourceRequest && LONG_RUNNING.subresources.includes(subresource) || !resourceRequest && path.startsWith(LONG_RUNNING.path);
var stagesOf = (request) => {
  if (request.user === null) return ["ResponseStarted"];
  return STAGES.filter((stage) => stage !== "Panic" && (stage !== "ResponseStarted" || isLongRunning(request)));
};
var recordedStages = (request, { level, omitStages }) => level === "None" ? [] : stagesOf(request).filter((stage) => !omitStages.includes(stage));

// src/policy/map-read.ts
var NO_RULE = -1;
var NO_REQUEST = -2;
var cellReader = (cells2) => {
  const whole = /* @__PURE__ */ new Map();
  const sheetOf = (kind, namespace) => {
    const key = \`\${kind} \${namespace}\`;
    const known = whole.get(key);
    if (known) return known;
    const base = kind + namespace === 0 ? [] : kind === 0 ? sheetOf(0, 0) : sheetOf(0, namespace);
    const sheet = withDifferences(base, cells2.sheets[kind]?.[namespace] ?? []);
    whole.set(key, sheet);
    return sheet;
  };
  return ({ sender, namespace, row, column }) => {
    const line = sheetOf(cells2.kinds[sender] ?? 0, namespace)[row] ?? -1;
    return cells2.lines[line]?.[column] ?? NO_REQUEST;
  };
};
var withDifferences = (base, differences) => {
  const sheet = [...base];
  for (let index = 0; index < differences.length; index += 2)
    sheet[differences[index] ?? 0] = differences[index + 1] ?? 0;
  return sheet;
};
var rowsApart = ({ kinds, sheets }, sender, namespace) => {
  const kind = kinds[sender] ?? 0;
  return kind === 0 ? [] : (sheets[kind]?.[namespace] ?? []).filter((_, index) => index % 2 === 0);
};

// src/audit/request-path.ts
var pathAttributes = (uri) => {
  const query = uri.indexOf("?");
  const path = decodePercent(query === -1 ? uri : uri.slice(0, query));
  const steps = stepsOf(path);
  const [prefix, second = ""] = steps;
  if (prefix === "api" && steps.length >= 3) return resourceAt(path, "", steps, 2);
  if (prefix === "apis" && steps.length >= 4) return resourceAt(path, second, steps, 3);
  return { resourceRequest: false, path, pathVerb: "", ...NOTHING };
};
var NOTHING = { apiGroup: "", resource: "", subresource: "", namespace: "", name: "" };
var NAMESPACE_SUBRESOURCES = ["status", "finalize"];
var VERBS_IN_THE_PATH = ["proxy", "watch"];
var resourceAt = (path, apiGroup, steps, start) => {
  const pathVerb = VERBS_IN_THE_PATH.find((verb) => verb === steps[start]) ?? "";
  const first = pathVerb === "" ? start : start + 1;
  const isInNamespace = steps[first] === "namespaces";
  const isNamespaceItself = steps.length - first < 3 || NAMESPACE_SUBRESOURCES.includes(steps[first + 2] ?? "");
  const at = isInNamespace && !isNamespaceItself ? first + 2 : first;
  return {
    resourceRequest: true,
    path,
    pathVerb,
    apiGroup,
    resource: steps[at] ?? "",
    // what follows a proxied name belongs to the proxied server
    subresource: pathVerb === "proxy" ? "" : steps[at + 2] ?? "",
    namespace: isInNamespace ? steps[first + 1] ?? "" : "",
    name: steps[at + 1] ?? ""
  };
};
var SLASH = 47;
var stepsOf = (path) => {
  let [start, end] = [0, path.length];
  while (start < end && path.charCodeAt(start) === SLASH) start += 1;
  while (end > start && path.charCodeAt(end - 1) === SLASH) end -= 1;
  const steps = [];
  while (start < end) {
    const slash = path.indexOf("/", start);
    const stop = slash === -1 || slash > end ? end : slash;
    steps.push(path.slice(start, stop));
    start = stop + 1;
  }
  return steps;
};
var decodePercent = (text) => text.includes("%") ? text.replace(ESCAPES, decodeEscapes) : text;
var ESCAPES = /%([0-7][0-9a-f])|(?:%[89a-f][0-9a-f])+/gi;
var decodeEscapes = (run, ascii) => ascii === void 0 ? new TextDecoder("utf-8", { ignoreBOM: true }).decode(Buffer.from(run.replaceAll("%", ""), "hex")) : String.fromCharCode(Number.parseInt(ascii, 16));

// src/policy/map-request.ts
var requestAt = (row, verb, namespace, sender) => {
  const { user, groups } = sender;
  const { apiGroup, resource, subresource, path } = row;
  const resourceRequest = row.kind === "resource";
  const request = {
    user,
    groups,
    verb,
    apiGroup,
    resource,
    subresource,
    path,
    resourceRequest,
    namespace: "",
    name: ""
  };
  const place = resourceRequest ? placeOf(row, verb, namespace) : pathAttributes(path).resourceRequest ? null : {};
  return place && { ...request, ...place };
};
var NAMELESS = ["list", "watch", "create", "deletecollection"];
var placeOf = (row, verb, namespace) => {
  const isNameless = NAMELESS.includes(verb) && row.subresource === "";
  if (NAMELESS.includes(verb) && verb !== "create" && row.subresource !== "") return null;
  if (row.name !== "" && isNameless && verb !== "list" && verb !== "watch") return null;
  const name = row.name === "" && !isNameless ? row.otherName : row.name;
  if (row.scope === "cluster") return { namespace: "", name };
  if (row.scope === "itself") return placeOfNamespace(row, isNameless, namespace);
  if (row.scope === "namespaced" && namespace === "" && verb !== "list" && verb !== "watch") return null;
  return { namespace, name };
};
var placeOfNamespace = (row, isNameless, namespace) => {
  if (isNameless) return { namespace: "", name: row.name };
  const name = row.name === "" ? namespace : row.name;
  return name === "" ? null : { namespace: name, name };
};

// src/render/level.ts
var LEVEL_WORDS = {
  None: "no event is written",
  Metadata: "who, what, when and how it ended; no bodies",
  Request: "as Metadata, and the body of the request",
  RequestResponse: "as Metadata, and the bodies of request and answer"
};

// templates/html/policy-map/data.js
var data = readData();
var LETTERS = { None: "N", Metadata: "M", Request: "R", RequestResponse: "RR" };
var LEVELS2 = LEVELS.map((name) => ({ name, letter: LETTERS[name], says: LEVEL_WORDS[name] }));
var state = {
  sender: 0,
  namespace: 0,
  cell: null,
  rule: null,
  levels: new Set(LEVELS2.map((level) => level.name)),
  search: "",
  isOnlyDifferent: false
};
var read = cellReader(data.cells);
var ruleAt = (row, column, sender = state.sender, namespace = state.namespace) => read({ row, column, sender, namespace });
var levelOf = (rule) => LEVELS2.find((level) => level.name === (data.rules[rule]?.level ?? "None"));
var outcomes = data.rules.map(
  ({ level, omitStages, omitManagedFields }) => level === "None" ? level : JSON.stringify([level, omitStages, omitManagedFields])
);
var isAlike = (a, b) => (outcomes[a] ?? "None") === (outcomes[b] ?? "None");
var columnsOf = (row) => data.columns[data.rows[row].kind];
var isServed = (row, column) => {
  const { served } = data.rows[row];
  const { verb, isSent } = columnsOf(row)[column];
  return isSent && (served === null || served.includes(verb));
};
var requestAt2 = (row, column) => {
  const { verb } = columnsOf(row)[column];
  return requestAt(data.rows[row], verb, data.namespaces[state.namespace].value, data.senders[state.sender]);
};
var stagesAt = (request, rule) => {
  const decision = rule === NO_RULE ? { level: "None", omitStages: [] } : data.rules[rule];
  const recorded = recordedStages(request, decision);
  return { recorded, left: stagesOf(request).filter((stage) => decision.omitStages.includes(stage)) };
};

// templates/html/policy-map/overview.js
var KINDS = {
  other: "whom the policy does not name",
  anonymous: "without credentials",
  unknown: "authentication failed",
  group: "group",
  user: "user",
  account: "service account"
};
var nameOf = ({ kind, label }) => {
  const [, namespace, account] = /^system:serviceaccount:([^:]+):(.+)$/.exec(label) ?? [];
  if (account !== void 0) return [account, \`sa, \${namespace}\`];
  return [label, ["group", "user"].includes(kind) ? kind : ""];
};
var counted = /* @__PURE__ */ new Map();
var countLevels = (sender) => {
  const key = \`\${data.cells.kinds[sender]} \${state.namespace}\`;
  if (counted.has(key)) return counted.get(key);
  const counts = Object.fromEntries(LEVELS2.map(({ name }) => [name, 0]));
  for (const row of data.rows.keys()) {
    columnsOf(row).forEach((_, column) => {
      const rule = ruleAt(row, column, sender);
      if (rule !== NO_REQUEST && isServed(row, column)) counts[levelOf(rule).name] += 1;
    });
  }
  counted.set(key, counts);
  return counts;
};
var countDifferent = (sender, namespace) => rowsApart(data.cells, sender, namespace).flatMap(
  (row) => columnsOf(row).filter((_, column) => differs(row, column, sender, namespace))
).length;
var differs = (row, column, sender, namespace) => {
  const [rule, other] = [ruleAt(row, column, sender, namespace), ruleAt(row, column, 0, namespace)];
  return isServed(row, column) && !isAlike(rule, other);
};
var elsewhere = /* @__PURE__ */ new Map();
var otherNamespaces = (sender) => {
  const kind = data.cells.kinds[sender];
  if (!elsewhere.has(kind)) {
    elsewhere.set(
      kind,
      [...data.namespaces.keys()].filter((namespace) => countDifferent(sender, namespace) > 0)
    );
  }
  return elsewhere.get(kind).filter((namespace) => namespace !== state.namespace);
};
var compared = (sender) => {
  const different = countDifferent(sender, state.namespace);
  if (different > 0) return \`\${different} differ\`;
  const [first, ...more] = otherNamespaces(sender);
  if (first === void 0) return "";
  return more.length > 0 ? \`in \${more.length + 1} others\` : \`in \${data.namespaces[first].value || "no namespace"}\`;
};
var drawOverview = () => {
  byId("senders").replaceChildren(...data.senders.map(drawSender));
  byId("sender").replaceChildren(
    ...data.senders.map((sender, index) => element("option", { value: index, textContent: sender.label }))
  );
  byId("senders").addEventListener("click", (event) => {
    const tile = event.target.closest("[role=radio]");
    if (tile) chooseSender(Number(tile.dataset.sender));
  });
  byId("senders").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === void 0) return;
    event.preventDefault();
    chooseSender((state.sender + step + data.senders.length) % data.senders.length);
    byId("senders").children[state.sender].focus();
  });
};
var drawSender = (sender, index) => {
  const [name, sort] = nameOf(sender);
  const tile = element(
    "button",
    { type: "button", className: "tile" },
    element("b", { textContent: name }),
    element("small", { textContent: sort }),
    element("span", { className: "bar" }, ...LEVELS2.map(({ name: name2 }) => barPart(name2))),
    element("small", { className: "different" })
  );
  tile.setAttribute("role", "radio");
  tile.dataset.sender = index;
  return tile;
};
var barPart = (level) => {
  const part = element("i");
  part.dataset.level = level;
  return part;
};
var chooseSender = (index) => {
  state.sender = index;
  update();
};
var updateOverview = () => {
  byId("sender").value = state.sender;
  data.senders.forEach((sender, index) => {
    const tile = byId("senders").children[index];
    const isChosen = index === state.sender;
    tile.setAttribute("aria-checked", isChosen);
    tile.tabIndex = isChosen ? 0 : -1;
    const counts = countLevels(index);
    const says = LEVELS2.map(({ name }) => \`\${name} \${counts[name]}\`).join(", ");
    tile.title = \`\${sender.label} (\${KINDS[sender.kind]}): \${says}; \${countDifferent(index, state.namespace)} differ from anyone else\`;
    tile.querySelector(".different").textContent = compared(index);
    for (const part of tile.querySelectorAll(".bar i")) part.style.flexGrow = counts[part.dataset.level];
  });
  byId("senders").children[state.sender].scrollIntoView({ block: "nearest" });
};

// templates/html/policy-map/matrix.js
var SECTIONS = [
  { kind: "resource", title: "Resources" },
  { kind: "url", title: "Other URLs" }
];
var cells = [];
var drawTables = () => {
  byId("tables").replaceChildren(...SECTIONS.map(drawTable));
  byId("tables").addEventListener("click", (event) => {
    const cell = event.target.closest("td");
    if (cell) chooseCell(cell);
  });
  byId("tables").addEventListener("keydown", moveByKey);
};
var drawTable = ({ kind, title }) => {
  const heads = data.columns[kind].map(({ verb, isSent }) => drawHead(verb, isSent));
  const table = element(
    "table",
    {},
    element("thead", {}, element("tr", {}, element("th", { scope: "col", textContent: title }), ...heads))
  );
  table.setAttribute("role", "grid");
  table.setAttribute("aria-label", title);
  const rows = data.rows.map((row, index) => ({ ...row, index })).filter((row) => row.kind === kind);
  for (const group of new Set(rows.map((row) => row.group))) {
    const body = element("tbody");
    if (kind === "resource") body.append(drawGroup(group, heads.length));
    body.append(...rows.filter((row) => row.group === group).map(drawRow));
    table.append(body);
  }
  return table;
};
var drawHead = (verb, isSent) => {
  const words = breakable(verb, /(?=collection$)/);
  const head = element("th", { scope: "col", className: isSent ? "" : "never" }, element("span", {}, ...words));
  if (!isSent) head.title = "no request has this verb here";
  return head;
};
var breakable = (text, places) => text.split(places).flatMap((part) => [element("wbr"), part]);
var GROUP_NAMES = /* @__PURE__ */ new Map([
  ["", "core"],
  [null, "any other API group"]
]);
var drawGroup = (group, width) => element(
  "tr",
  { className: "group" },
  element("th", { scope: "rowgroup", colSpan: width + 1, textContent: GROUP_NAMES.get(group) ?? group })
);
var drawRow = (row) => {
  const head = element("th", { scope: "row", className: row.isNamed ? "named" : "" });
  if (row.name === "") head.append(...breakable(row.label, /(?<=\\/)/));
  else head.append(element("span", { className: "name", textContent: \`“\${row.name}”\` }));
  head.title = [GROUP_NAMES.get(row.group) ?? row.group, row.label, row.name].filter(Boolean).join(" ");
  cells[row.index] = columnsOf(row.index).map((_, column) => {
    const cell = element("td", { tabIndex: -1 });
    cell.setAttribute("role", "gridcell");
    cell.dataset.row = row.index;
    cell.dataset.column = column;
    return cell;
  });
  return element("tr", {}, head, ...cells[row.index]);
};
var chooseCell = (cell) => {
  const [row, column] = [Number(cell.dataset.row), Number(cell.dataset.column)];
  if (ruleAt(row, column) === NO_REQUEST) return;
  state.cell = { row, column };
  state.rule = ruleAt(row, column);
  update();
  cell.focus({ preventScroll: true });
};
var STEPS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
var moveByKey = (event) => {
  const cell = event.target.closest("td");
  if (!cell) return;
  if (event.key === "Enter" || event.key === " ") chooseCell(cell);
  else if (event.key in STEPS) neighbour(cell, STEPS[event.key])?.focus();
  else return;
  event.preventDefault();
};
var neighbour = (cell, [down, right]) => {
  if (down === 0) return cells[cell.dataset.row][Number(cell.dataset.column) + right];
  const shown = [...byId("tables").querySelectorAll("tr:not([hidden]):not(.group)")].filter(
    (row2) => row2.cells[1]?.dataset.row
  );
  const row = shown[shown.indexOf(cell.parentElement) + down];
  return row?.cells[Math.min(cell.cellIndex, row.cells.length - 1)];
};
var updateTables = () => {
  let shown = 0;
  data.rows.forEach((row, index) => {
    const left = columnsOf(index).filter((_, column) => updateCell(index, column)).length;
    const isShown = left > 0 && isFound(row);
    cells[index][0].parentElement.hidden = !isShown;
    shown += Number(isShown);
  });
  for (const body of byId("tables").querySelectorAll("tbody")) {
    body.hidden = !body.querySelector("tr:not([hidden]) td");
  }
  for (const table of byId("tables").children) table.hidden = !table.querySelector("tbody:not([hidden])");
  byId("empty").hidden = shown > 0;
  if (shown === 0) drawElsewhere();
  keepReachable();
};
var drawElsewhere = () => {
  const namespaces = state.isOnlyDifferent ? otherNamespaces(state.sender) : [];
  const buttons = namespaces.map((index) => {
    const button = element("button", { type: "button", textContent: data.namespaces[index].label });
    button.addEventListener("click", () => {
      state.namespace = index;
      update();
    });
    return button;
  });
  const isFirst = state.isOnlyDifferent && state.sender === 0;
  byId("elsewhere").replaceChildren(
    ...isFirst ? ["This is anyone else: choose somebody to compare. "] : [],
    ...buttons.length > 0 ? ["There is something in: ", ...buttons.flatMap((button) => [button, " "])] : []
  );
};
var keepReachable = () => {
  const now = byId("tables").querySelector('td[tabindex="0"]');
  if (now) now.tabIndex = -1;
  const { row, column } = state.cell ?? {};
  const wanted = row === void 0 || cells[row][0].parentElement.hidden ? void 0 : cells[row][column];
  const next = wanted ?? byId("tables").querySelector("tr:not([hidden]) td");
  if (next) next.tabIndex = 0;
};
var isFound = ({ apiGroup, group, label, name }) => {
  const text = \`\${label} \${name} \${group === null ? "" : apiGroup || "core"}\`.toLowerCase();
  return wordsOf(state.search).every((word2) => text.includes(word2));
};
var updateCell = (row, column) => {
  const cell = cells[row][column];
  const rule = ruleAt(row, column);
  const level = levelOf(rule);
  const isRequest = rule !== NO_REQUEST;
  const isDifferent = !isAlike(rule, ruleAt(row, column, 0));
  const isLeft = isRequest ? state.levels.has(level.name) && (isDifferent || !state.isOnlyDifferent) : state.levels.size === LEVELS2.length && !state.isOnlyDifferent;
  const { verb } = columnsOf(row)[column];
  cell.textContent = isRequest ? level.letter : "–";
  cell.dataset.level = isRequest ? level.name : "";
  cell.title = isRequest ? \`\${verb}: \${level.name}, \${ruleName(rule)}\` : \`\${verb}: \${noRequest(data.rows[row])}\`;
  cell.classList.toggle("faded", isRequest && !isLeft);
  cell.classList.toggle("unserved", isRequest && !isServed(row, column));
  cell.classList.toggle("kin", isRequest && state.rule !== null && rule === state.rule);
  cell.setAttribute("aria-selected", state.cell?.row === row && state.cell?.column === column);
  return isLeft;
};
var noRequest = ({ kind }) => kind === "url" ? "the API server takes such a path for one of a resource" : "no request is of this kind";
var ruleName = (rule) => rule < 0 ? "no rule takes it" : \`rules[\${rule}], line \${data.rules[rule].line}\`;

// src/audit/asked-request.ts
var OF_RESOURCES = ["apiGroup", "resource", "subresource", "namespace", "name"];
var keysOfRequest = (request) => {
  const { user, groups, verb } = request;
  const place = request.resourceRequest ? Object.fromEntries(OF_RESOURCES.filter((key) => request[key] !== "").map((key) => [key, request[key]])) : { path: request.path };
  return {
    ...user === "" ? {} : { user },
    ...groups.length === 0 ? {} : { groups },
    ...verb === "" ? {} : { verb },
    ...place
  };
};

// src/render/request-words.ts
var requestSentence = (request) => \`\${request.verb === "" ? "a request without a verb for" : word(request.verb)} \${placeOf2(request)}, by \${senderOf(request)}\`;
var explainOptions = (request) => {
  if (request.user === null) return null;
  return request.resourceRequest ? resourceOptions(request) : pathOptions(request);
};
var explainCommand = (file, request, width) => {
  const start = ["auditpatch", "policy", "explain", file];
  const options = explainOptions(request);
  const words = options ? [...start.map(shellWord), ...pairsOf(options)] : ["echo", shellWord(JSON.stringify(keysOfRequest(request))), "|", ...start.map(shellWord), "--requests", "-"];
  const lines = [];
  for (const each of words) {
    const last = lines.at(-1);
    if (last !== void 0 && last.length + each.length + 3 <= width) lines[lines.length - 1] = \`\${last} \${each}\`;
    else lines.push(last === void 0 ? each : \`  \${each}\`);
  }
  return lines.map((line, index) => index < lines.length - 1 ? \`\${line} \\\\\` : line);
};
var pairsOf = (options) => options.flatMap((each, index) => {
  const [before, after] = [options[index - 1], options[index + 1]];
  if (isOption(before)) return [];
  return isOption(each) ? [\`\${each} \${shellWord(after ?? "")}\`] : [shellWord(each)];
});
var isOption = (word2) => word2 !== void 0 && /^--[a-z-]+$/.test(word2);
var placeOf2 = ({ resourceRequest, path, apiGroup, resource, subresource, namespace, name }) => {
  if (!resourceRequest) return word(path);
  const kind = \`\${resource}\${apiGroup === "" ? "" : \`.\${apiGroup}\`}\${subresource === "" ? "" : \`/\${subresource}\`}\`;
  const own = name === "" ? "" : \` \${word(name)}\`;
  return \`\${word(kind)}\${own} \${namespace === "" ? "in no namespace" : \`in namespace \${word(namespace)}\`}\`;
};
var senderOf = ({ user, groups }) => {
  if (user === null) return "a sender who is not known (401)";
  return \`\${user === "" ? "a user without a name" : word(user)}\${groups.length === 0 ? "" : \` in \${groups.map(word).join(", ")}\`}\`;
};
var option = (name, value, absent) => {
  if (value === absent) return [];
  return value.startsWith("-") ? [\`--\${name}=\${value}\`] : [\`--\${name}\`, value];
};
var senderOptions = ({ user, groups }) => [
  ...option("user", user ?? "", ""),
  ...groups.flatMap((group) => option("group", group))
];
var resourceOptions = (request) => {
  const { verb, apiGroup, resource, subresource, namespace, name } = request;
  return [
    ...option("verb", verb),
    ...option("resource", subresource === "" ? resource : \`\${resource}/\${subresource}\`),
    ...option("api-group", apiGroup, ""),
    ...option("namespace", namespace, ""),
    ...option("name", name, ""),
    ...senderOptions(request)
  ];
};
var pathOptions = (request) => [
  ...option("verb", request.verb, "get"),
  ...option("url", request.path),
  ...senderOptions(request)
];
var word = (text) => /^[^\\s",'\\\\]+$/.test(text) ? text : JSON.stringify(text);
var shellWord = (text) => /^[\\w@%+=:,./-]+$/.test(text) ? text : shellQuoted(text);
var shellQuoted = (text) => \`'\${text.replaceAll("'", \`'\\\\''\`)}'\`;

// templates/html/policy-map/panel.js
var drawPolicy = () => {
  const starts = /* @__PURE__ */ new Map();
  data.rules.forEach((rule, index) => starts.set(rule.line, [...starts.get(rule.line) ?? [], index]));
  const lines = data.text.replace(/^\\uFEFF/, "").split(/\\r?\\n/);
  if (lines.at(-1) === "") lines.pop();
  byId("policy").replaceChildren(...lines.map((text, index) => drawLine(text, index + 1, starts.get(index + 1) ?? [])));
  byId("policy").addEventListener("click", (event) => {
    const chip = event.target.closest(".chip");
    if (chip) chooseRule(Number(chip.dataset.rule));
  });
};
var drawLine = (text, number, rules) => {
  const line = element(
    "div",
    { className: "line" },
    element("span", { className: "chips" }, ...rules.slice(0, 20).map(drawChip)),
    element("span", { className: "number", textContent: number }),
    element("code", { className: /^\\s*#/.test(text) ? "comment" : "", textContent: text === "" ? "\\n" : text })
  );
  line.dataset.line = number;
  return line;
};
var drawChip = (index) => {
  const chip = element("button", { type: "button", className: "chip", textContent: index });
  const rule = data.rules[index];
  chip.dataset.rule = index;
  chip.dataset.level = rule.level;
  chip.title = \`rules[\${index}]: \${rule.level}\${remarkOf(rule) && \`; \${remarkOf(rule)}\`}\`;
  chip.setAttribute("aria-label", chip.title);
  chip.classList.toggle("dead", rule.hiddenBy !== null);
  chip.classList.toggle("unseen", rule.place === null && rule.hiddenBy === null);
  return chip;
};
var remarkOf = ({ place, hiddenBy }) => {
  if (hiddenBy !== null) return hiddenBy.length === 0 ? "no request is of its kind" : "can never match";
  return place === null ? "not visible on this map" : "";
};
var chooseRule = (index) => {
  const { place } = data.rules[index];
  state.rule = index;
  state.cell = findCell(index);
  if (state.cell === null && place !== null) {
    state.sender = place.sender;
    state.namespace = place.namespace;
    state.cell = { row: place.row, column: place.column };
  }
  update();
  const { row, column } = state.cell ?? {};
  if (row !== void 0) cells[row][column].scrollIntoView({ block: "nearest", inline: "nearest" });
};
var findCell = (rule) => {
  for (const row of data.rows.keys()) {
    const column = columnsOf(row).findIndex((_, index) => ruleAt(row, index) === rule);
    if (column !== -1) return { row, column };
  }
  return null;
};
var updatePanel = () => {
  document.body.classList.toggle("chosen", state.rule !== null);
  byId("detail").replaceChildren(...state.rule === null ? [drawHint()] : drawDetail());
  const rule = data.rules[state.rule];
  for (const line of byId("policy").children) {
    const number = Number(line.dataset.line);
    line.classList.toggle("marked", rule !== void 0 && number >= rule.line && number <= rule.last);
  }
  for (const chip of byId("policy").querySelectorAll(".chip")) {
    chip.setAttribute("aria-pressed", Number(chip.dataset.rule) === state.rule);
  }
  if (rule) showLine(rule.line);
};
var showLine = (number) => {
  const box = byId("policy");
  const line = box.children[number - 1];
  if (line) box.scrollTo({ top: line.offsetTop - box.clientHeight / 5 });
};
var drawHint = () => element("p", {
  className: "note hint",
  textContent: "Choose a cell to see the rule that decides it, or a rule’s number in the text to see where it decides."
});
var drawDetail = () => {
  if (state.cell === null) return drawUnseen(state.rule);
  const { row, column } = state.cell;
  const rule = ruleAt(row, column);
  const request = requestAt2(row, column);
  const { recorded, left } = stagesAt(request, rule);
  const level = levelOf(rule);
  const omitted = recorded.length > 0 && left.length > 0 ? \` (left out: \${left.join(", ")})\` : "";
  return [
    drawTitle(rule),
    drawFacts([
      ["request", requestSentence(request)],
      ["level", \`\${level.name}: \${level.says}\`],
      ["stages", \`\${recorded.join(", ") || "none"}\${omitted}\`],
      ...data.rules[rule]?.omitManagedFields && recorded.length > 0 ? [["bodies", "without managed fields"]] : []
    ]),
    drawCommand(request)
  ];
};
var drawTitle = (rule) => {
  const badge = element("span", { className: "badge", textContent: levelOf(rule).letter });
  badge.dataset.level = levelOf(rule).name;
  const says = rule < 0 ? "No rule takes this request" : \`rules[\${rule}]\`;
  const where = element("small", { textContent: rule < 0 ? "so nothing is recorded" : linesOf(data.rules[rule]) });
  const close = element("button", { type: "button", className: "close", textContent: "×", title: "close (Escape)" });
  close.setAttribute("aria-label", "close");
  close.addEventListener("click", clearChoice);
  return element("h2", {}, badge, \` \${says} \`, where, close);
};
var clearChoice = () => {
  state.cell = null;
  state.rule = null;
  update();
};
var linesOf = ({ line, last }) => line === last ? \`line \${line}\` : \`lines \${line}–\${last}\`;
var drawUnseen = (index) => {
  const { hiddenBy, witness } = data.rules[index];
  const all = hiddenBy?.map((each) => \`rules[\${each}]\`).join(", ");
  const why = hiddenBy?.length ? \`This rule can never match: all its requests are taken by \${all} before it.\` : hiddenBy ? "This rule can never match: no request is of the kind that it asks for." : \`This rule decides no cell of this map.\${witness ? " By its words it would decide requests such as this one:" : ""}\`;
  return [
    drawTitle(index),
    element("p", { textContent: why }),
    ...witness ? [drawFacts([["request", requestSentence(witness)]]), drawCommand(witness)] : []
  ];
};
var drawFacts = (facts) => element(
  "dl",
  {},
  ...facts.flatMap(([term, text]) => [element("dt", { textContent: term }), element("dd", { textContent: text })])
);
var WIDTH = 52;
var drawCommand = (request) => {
  const text = explainCommand(data.file, request, WIDTH).join("\\n");
  const code = element("code", { textContent: text });
  const button = element("button", { type: "button", textContent: "Copy" });
  button.addEventListener("click", async () => {
    getSelection().selectAllChildren(code);
    const isCopied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false
    );
    button.textContent = isCopied || document.execCommand("copy") ? "Copied" : "Selected";
  });
  return element("div", { className: "command" }, code, button);
};

// templates/html/policy-map/start.js
var drawFilters = () => {
  byId("namespace").append(
    ...data.namespaces.map(({ label }, index) => element("option", { value: index, textContent: label }))
  );
  byId("levels").append(...LEVELS2.map(drawLevel));
  byId("filters").addEventListener("input", readFilters);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("reset").addEventListener("click", () => {
    for (const box of byId("levels").querySelectorAll("input")) box.checked = true;
    byId("search").value = "";
    byId("differs").checked = false;
    readFilters();
  });
};
var drawLevel = ({ name, letter, says }) => {
  const badge = element("span", { className: "badge", textContent: letter });
  badge.dataset.level = name;
  const box = element("input", { type: "checkbox", checked: true, value: name });
  return element("label", { className: "check", title: says }, box, " ", badge, \` \${name}\`);
};
var readFilters = () => {
  const boxes = [...byId("levels").querySelectorAll("input")];
  state.sender = Number(byId("sender").value);
  state.namespace = Number(byId("namespace").value);
  state.search = byId("search").value;
  state.levels = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  state.isOnlyDifferent = byId("differs").checked;
  update();
};
var drawRemark = (text, rules) => {
  if (rules.length === 0) return [];
  const button = element("button", { type: "button", textContent: \`\${rules.length} \${text}\` });
  button.addEventListener("click", () => chooseRule(rules[(rules.indexOf(state.rule) + 1) % rules.length]));
  return [" ", button];
};
var drawHeader = () => {
  const { rules, left } = data;
  const indexes = (wanted) => [...rules.keys()].filter((index) => wanted(rules[index]));
  const dead = indexes((rule) => rule.hiddenBy !== null);
  const unseen = indexes((rule) => rule.hiddenBy === null && rule.place === null);
  drawFile(data.file);
  byId("facts").append(
    \`\${rules.length} rule\${rules.length === 1 ? "" : "s"}\`,
    ...drawRemark("can never match", dead),
    ...drawRemark("not visible here", unseen)
  );
  const more = [
    [left.senders, "user or group", "users and groups"],
    [left.namespaces, "namespace", "namespaces"],
    [left.rows, "resource or URL", "resources and URLs"]
  ].flatMap(([number, one, many]) => number === 0 ? [] : [\`\${number} \${number === 1 ? one : many}\`]);
  byId("left").hidden = more.length === 0;
  byId("left").textContent = \`Too many to show all: \${more.join(", ")} of this policy are left out here.\`;
};
var followCell = () => {
  if (state.cell === null) return;
  const { row, column } = state.cell;
  const rule = ruleAt(row, column);
  state.rule = rule === NO_REQUEST ? null : rule;
  if (rule === NO_REQUEST) state.cell = null;
};
var update = () => {
  followCell();
  byId("namespace").value = state.namespace;
  updateOverview();
  updateTables();
  updatePanel();
};
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.type !== "search") clearChoice();
});
drawHeader();
drawTheme();
drawFilters();
drawOverview();
drawTables();
drawPolicy();
update();
export {
  update
};
`
} as const
