import type { Browser, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { recordedStages } from '../src/audit/stages.ts'
import { decodePolicy } from '../src/policy/decode.ts'
import { evaluate } from '../src/policy/evaluate.ts'
import { type PolicyMap, policyMap } from '../src/policy/map.ts'
import { cellReader, type MapPlace, NO_REQUEST, NO_RULE } from '../src/policy/map-read.ts'
import { requestAt } from '../src/policy/map-request.ts'
import type { Policy } from '../src/policy/policy.ts'
import { POLICY_TEMPLATES } from '../src/policy/templates.generated.ts'
import { policyMapHtml } from '../src/render/policy-map.ts'
import { explainCommand, requestSentence } from '../src/render/request-words.ts'
import { contrast, dataOf, fits, inBrowser, isClosed, isUpToDate, openPage } from './fake-page.ts'

const HEAD = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n'

const policyOf = (text: string): Policy => {
  const { policy, findings } = decodePolicy(text, 'policy.yaml', { major: 1, minor: 36 })
  if (policy === null) throw new Error(findings.map(each => each.message).join('; '))
  return policy
}

// something of everything: names, subresources, wildcards, both kinds of selectors for who, rules that nothing gets to
const MIXED = `${HEAD}omitStages: [RequestReceived]
rules:
- level: None
  resources:
  - group: ""
    resources: [configmaps]
    resourceNames: [leader]
- level: RequestResponse
  users: [alice, "system:serviceaccount:kube-system:robot"]
  verbs: [create, update]
  namespaces: [prod, ""]
  resources:
  - group: ""
    resources: [pods, nodes, "services/*"]
  - group: apps
- level: Metadata
  # the API server reads such a path as one of a resource
  nonResourceURLs: ["/api/v1/*"]
- level: None
  userGroups: ["system:authenticated"]
  nonResourceURLs: ["/healthz*", /version]
- level: Request
  users: [bob]
  userGroups: [devs]
  omitStages: [ResponseStarted]
- level: Request
  verbs: ["*"]
  resources:
  - group: ""
    resources: [pods]
- level: RequestResponse
  resources:
  - group: ""
    resources: [pods]
- level: Metadata
  resources:
  - group: ""
    resources: [pods]
- level: Metadata
  resources:
  - group: apps
    resources: ["*/scale", "*/*"]
- level: Metadata
  userGroups: ["system:nodes", "system:serviceaccounts:prod", "system:unauthenticated"]
  omitManagedFields: true
- level: Request
  users: [dora]
  namespaces: [blue]
  resources:
  - group: ""
    resources: [namespaces]
    resourceNames: [blue]
`

const MANY = `${HEAD}rules:\n${Array.from(
  { length: 50 },
  (_, index) => `- level: ${['None', 'Metadata', 'Request', 'RequestResponse'][index % 4]}
  users: [user-${index % 30}, "system:serviceaccount:ns-${index % 12}:sa-${index % 15}"]
  verbs: [get, list, watch]
  namespaces: [ns-${index % 12}]
  resources:
  - group: group-${index % 7}.example.com
    resources: [kind-${index}, kind-${index}/status]
    resourceNames: [name-${index}]
`
).join('')}- level: Metadata\n`

const POLICIES = [
  { name: 'mixed', text: MIXED },
  { name: 'many', text: MANY },
  ...Object.entries(POLICY_TEMPLATES).map(([name, { text }]) => ({ name, text }))
]

// with many cells one in thirteen, which comes by every row and column
function* placesOf({ senders, namespaces, rows, columns }: PolicyMap): Generator<MapPlace> {
  const step = senders.length * namespaces.length * rows.length > 30_000 ? 13 : 1
  let count = 0
  for (const sender of senders.keys())
    for (const namespace of namespaces.keys())
      for (const [row, { kind }] of rows.entries())
        for (const column of columns[kind].keys()) {
          if (count++ % step === 0) yield { sender, namespace, row, column }
        }
}

const requestOf = (map: PolicyMap, place: MapPlace): ReturnType<typeof requestAt> => {
  const [row, sender] = [map.rows[place.row], map.senders[place.sender]]
  if (!row || !sender) throw new Error('no such cell')
  const verb = map.columns[row.kind][place.column]?.verb ?? ''
  return requestAt(row, verb, map.namespaces[place.namespace]?.value ?? '', sender)
}

t.test('every cell says what the policy decides', async t => {
  for (const { name, text } of POLICIES) {
    const policy = policyOf(text)
    const map = policyMap(policy)
    const read = cellReader(map.cells)
    let count = 0
    const wrong = [...placesOf(map)].filter(place => {
      const request = requestOf(map, place)
      count += Number(request !== null)
      return read(place) !== (request === null ? NO_REQUEST : (evaluate(policy, request).rule ?? NO_RULE))
    })
    t.same(wrong, [], `${name}: ${count} requests`)
    t.ok(count > 1000)
  }
})

t.test('every rule is on the map, or it is said why not', async t => {
  for (const { name, text } of POLICIES) {
    const policy = policyOf(text)
    const map = policyMap(policy)
    const read = cellReader(map.cells)
    for (const [index, { place, hiddenBy, witness }] of map.rules.entries()) {
      if (place) t.equal(read(place), index, `${name}: rule ${index} has its cell`)
      else if (witness) t.equal(evaluate(policy, witness).rule, index, `${name}: rule ${index} has its witness`)
      else t.ok(hiddenBy, `${name}: rule ${index} is hidden`)
    }
  }
  const { rules } = policyMap(policyOf(MIXED))
  t.equal(rules[7]?.hiddenBy?.at(-1), 6, 'a rule that another one hides')
  t.same(rules[8]?.hiddenBy, null, 'scales of apps by somebody else are left to it')
  t.equal(rules[2]?.place, null, 'paths of resources are no other URLs')
  t.equal(rules[2]?.witness?.path.startsWith('/api/v1/'), true)
})

t.test('who', async t => {
  const { senders, cells } = policyMap(policyOf(MIXED))
  const groupsOf = (label: string): readonly string[] | undefined => senders.find(each => each.label === label)?.groups
  t.same(
    senders.map(each => each.label),
    [
      ...['anyone else', 'anonymous', 'unknown (401)', 'devs', 'system:nodes', 'system:serviceaccounts:prod'],
      ...['alice', 'bob', 'dora', 'system:serviceaccount:kube-system:robot', 'bob in devs']
    ],
    'each once; authenticated is anyone else, unauthenticated is anonymous'
  )
  t.same(groupsOf('system:serviceaccount:kube-system:robot'), [
    'system:serviceaccounts',
    'system:serviceaccounts:kube-system',
    'system:authenticated'
  ])
  t.same(groupsOf('system:nodes'), ['system:nodes', 'system:authenticated'])
  t.same(groupsOf('bob in devs'), ['system:authenticated', 'devs'])
  t.equal(senders.find(each => each.kind === 'unknown')?.user, null)
  const kindOf = (label: string): number | undefined => cells.kinds[senders.findIndex(each => each.label === label)]
  t.equal(kindOf('anyone else'), kindOf('bob'), 'bob is nobody special outside of devs')
  t.not(kindOf('bob'), kindOf('bob in devs'))
})

t.test('what', async t => {
  const { rows, namespaces, columns } = policyMap(policyOf(MIXED))
  const labels = rows.map(({ kind, group, label, name }) =>
    [kind === 'url' ? '' : (group ?? 'other groups'), label, name].filter(Boolean).join(' ')
  )
  for (const wanted of [
    ...['configmaps', 'configmaps leader', 'services/any other', 'apps any other/scale', 'apps any other'],
    ...['secrets', 'pods/exec', '/healthz*', 'any other URL', 'other groups any other']
  ]) {
    t.ok(labels.includes(wanted), wanted)
  }
  t.notOk(
    labels.some(label => label.includes('*/*')),
    'a name that matches nothing has no row'
  )
  t.equal(new Set(labels).size, labels.length, 'each once')
  t.same(
    namespaces.map(each => each.value),
    ['default', '', 'blue', 'prod']
  )
  t.same(columns.resource.at(-1), { verb: '*', isSent: false }, 'a verb that nobody sends is shown as such')
})

t.test('what cannot be asked is no cell', async t => {
  const map = policyMap(policyOf(MIXED))
  const asked = (label: string, verb: string, namespace: string, name = ''): boolean => {
    const row = map.rows.find(each => each.label === label && each.name === name)
    const [sender] = map.senders
    if (!row || !sender) throw new Error(label)
    return requestAt(row, verb, namespace, sender) !== null
  }
  t.ok(asked('pods', 'get', 'prod'))
  t.notOk(asked('pods', 'get', ''), 'a pod is in a namespace')
  t.ok(asked('pods', 'list', ''), 'pods of all namespaces can be listed')
  t.notOk(asked('pods/log', 'list', 'prod'), 'a subresource is of one object')
  t.ok(asked('nodes', 'get', 'prod'), 'nodes are shown in every namespace')
  t.notOk(asked('configmaps', 'create', 'prod', 'leader'), 'what is made has no name in its path')
  t.ok(asked('configmaps', 'list', 'prod', 'leader'), 'a field selector may say the name')
  t.notOk(asked('namespaces', 'get', ''))
})

t.test('too much is cut down, and it is said', async t => {
  const all = policyMap(policyOf(MANY))
  const cut = policyMap(policyOf(MANY), { senders: 5, namespaces: 3, rows: 60, all: 1_000_000 })
  t.same([cut.senders.length, cut.namespaces.length], [5, 3])
  t.equal(cut.left.senders, all.senders.length - 5)
  t.equal(cut.left.rows, all.rows.length - cut.rows.length)
  t.ok(cut.rows.some(row => row.label === 'any other URL'))
  t.equal(cut.rules.length, 51)
  t.equal(policyMap(policyOf(MANY), { senders: 50, namespaces: 50, rows: 500, all: 0 }).namespaces.length, 2)
})

const HOSTILE = `${HEAD}rules:
- level: Request
  users: ["</script><img src=x onerror=alert(1)>", "<!--<script>", "\\u2028\\u2029", "__proto__"]
  namespaces: ["<b>bold</b>"]
  resources:
  - group: ""
    resources: ["\\"><svg onload=alert(1)>", "$&{{data}}"]
# </script><script>alert(1)</script>
- level: Metadata
`

t.test('the page is small, closed, and nothing of the policy is markup', async t => {
  const html = policyMapHtml(policyOf(HOSTILE), '<img src=x onerror=alert(1)>.yaml', HOSTILE)
  isClosed(t, html)
  t.equal((JSON.parse(dataOf(html)) as { text: string }).text, HOSTILE)
  t.ok(policyMapHtml(policyOf(MANY), 'many.yaml', MANY).length < 400_000, 'fifty rules and more than thirty users')
})

t.test('JSON with half of a surrogate pair, which YAML does not read, is drawn too', async t => {
  const text = '{"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"Metadata","users":["\\ud800"]}]}'
  isClosed(t, policyMapHtml(policyOf(text), 'policy.json', text))
})

t.test('the generated module is that of templates/html', t => isUpToDate(t, 'policy-map'))

/** The page of a policy from a file. */
const openMap = async (t: Test, browser: Browser, text: string, file = 'policy.yaml') => {
  const map = policyMap(policyOf(text))
  return { map, ...(await openPage(t, browser, policyMapHtml(policyOf(text), file, text))) }
}

const cellOf = (page: Page, map: PolicyMap, label: string, verb: string, name = '') => {
  const row = map.rows.findIndex(each => each.label === label && each.name === name)
  const kind = map.rows[row]?.kind ?? 'resource'
  const column = map.columns[kind].findIndex(each => each.verb === verb)
  return page.locator(`td[data-row="${row}"][data-column="${column}"]`)
}

const shownRows = (page: Page): Promise<string[]> => page.locator('tbody th[scope=row]:visible').allInnerTexts()
/** The lines of a rule, found by its dash. */
const textOfRule = (text: string, rule: number): string =>
  text
    .slice(text.indexOf('\n- ') + 1)
    .trimEnd()
    .split(/\n(?=- level)/)[rule] ?? ''

const markedLines = (page: Page): Promise<string[]> => page.locator('.line.marked code').allInnerTexts()

inBrowser(t, async (t, browser) => {
  await t.test('the picture is that of the model', async t => {
    const policy = policyOf(MIXED)
    const { page, map, complaints } = await openMap(t, browser, MIXED)
    for (const [sender, namespace] of [0, 2, 6, 8, 9].flatMap(who => [0, 1, 2].map(where => [who, where] as const))) {
      await page.selectOption('#sender', { index: sender })
      await page.selectOption('#namespace', { index: namespace })
      const shown = await page.evaluate<string[]>(
        `[...document.querySelectorAll('td')].map(each => each.dataset.level)`
      )
      const wanted = map.rows.flatMap(({ kind }, row) =>
        map.columns[kind].map((_, column) => {
          const request = requestOf(map, { sender, namespace, row, column })
          return request === null ? '' : evaluate(policy, request).level
        })
      )
      t.same(shown, wanted, `${map.senders[sender]?.label} in ${map.namespaces[namespace]?.label}`)
    }
    t.same(complaints, [])
    await page.close()
  })

  await t.test('a cell leads to its rule', async t => {
    const policy = policyOf(MIXED)
    const { page, map, complaints } = await openMap(t, browser, MIXED)
    for (const [label, verb, name, sender, rule] of [
      ['configmaps', 'get', 'leader', 0, 0],
      ['any other', 'watch', '', 5, 9],
      ['/healthz*', 'get', '', 0, 3],
      ['secrets', 'get', '', 2, null]
    ] as const) {
      await page.selectOption('#sender', { index: sender })
      await cellOf(page, map, label, verb, name).click()
      t.equal((await markedLines(page)).join('\n'), rule === null ? '' : textOfRule(MIXED, rule), `${label}: lines`)
      if (rule !== null) t.ok(await page.locator('.line.marked').first().isVisible())
      const row = map.rows.findIndex(each => each.label === label && each.name === name)
      const kind = map.rows[row]?.kind ?? 'url'
      const column = map.columns[kind].findIndex(each => each.verb === verb)
      const request = requestOf(map, { sender, namespace: 0, row, column })
      if (request === null) throw new Error(label)
      const decision = evaluate(policy, request)
      const detail = await page.locator('#detail').innerText()
      t.ok(detail.includes(decision.rule === null ? 'No rule' : `rules[${decision.rule}]`), `${label}: rule`)
      t.ok(detail.includes(requestSentence(request)), `${label}: request`)
      t.ok(detail.includes(recordedStages(request, decision).join(', ') || 'none'), `${label}: stages`)
      const command = await page.locator('.command code').textContent()
      t.equal(command?.replaceAll(/ \\\n +/g, ' '), explainCommand('policy.yaml', request, Infinity).join(' '))
    }
    await page.keyboard.press('Escape')
    t.same(await markedLines(page), [], 'Escape closes it')
    t.same(complaints, [])
    await page.close()
  })

  await t.test('a rule leads to its cells, or to why it has none', async t => {
    const { page, map, complaints } = await openMap(t, browser, MIXED)
    await page.click('.chip[data-rule="4"]')
    t.equal(
      await page.locator('#sender').inputValue(),
      String(map.senders.findIndex(each => each.label === 'bob in devs'))
    )
    t.ok((await page.locator('td.kin').count()) > 100)
    await page.click('.chip[data-rule="7"]')
    t.match(await page.locator('#detail').innerText(), /can never match: all its requests are taken by .*rules\[6\]/)
    await page.click('#facts button >> text=not visible here')
    t.match(await page.locator('#detail').innerText(), /decides no cell of this map/)
    t.same(complaints, [])
    await page.close()
  })

  await t.test('filters', async t => {
    const { page, map, complaints } = await openMap(t, browser, MIXED)
    await page.fill('#search', 'apps scale')
    t.same(await shownRows(page), ['deployments/scale', 'any other/scale'])
    await page.fill('#search', 'nothing like it')
    t.ok(await page.locator('#empty').isVisible())
    await page.click('#reset')
    t.equal((await shownRows(page)).length, map.rows.length)
    for (const level of ['None', 'Metadata', 'Request']) await page.uncheck(`#levels input[value="${level}"]`)
    t.same(await shownRows(page), ['pods'], 'only pods have their bodies recorded for anyone else')
    for (const level of ['None', 'Metadata', 'Request']) await page.check(`#levels input[value="${level}"]`)
    await page.check('#differs')
    t.ok(await page.locator('#empty').isVisible(), 'anyone else differs in nothing')
    await page.selectOption('#sender', { label: 'alice' })
    t.same(await shownRows(page), ['nodes'], 'alice differs where there is no namespace')
    await page.selectOption('#namespace', { label: 'prod' })
    t.ok((await shownRows(page)).includes('deployments'))
    t.notOk((await shownRows(page)).includes('secrets'))
    t.same(complaints, [])
    await page.close()
  })

  await t.test('what differs in another namespace is found from here', async t => {
    const rules = 'rules:\n- level: None\n  users: [carol]\n  namespaces: [prod]\n  verbs: [get]\n- level: Metadata\n'
    const { page, complaints } = await openMap(t, browser, HEAD + rules)
    await page.selectOption('#sender', { label: 'carol' })
    t.equal(await page.locator('.tile[aria-checked=true] .different').innerText(), 'in prod')
    await page.check('#differs')
    t.same(await shownRows(page), [])
    await page.click('#elsewhere button >> text=prod')
    t.ok((await shownRows(page)).includes('secrets'))
    t.same(complaints, [])
    await page.close()
  })

  await t.test('by the keyboard', async t => {
    const { page, map, complaints } = await openMap(t, browser, MIXED)
    await cellOf(page, map, 'secrets', 'get').focus()
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown', 'Enter'])
      await page.keyboard.press(key)
    t.equal(await cellOf(page, map, 'secrets', 'list').getAttribute('aria-selected'), 'true')
    await page.locator('.tile[aria-checked=true]').focus()
    await page.keyboard.press('ArrowRight')
    t.equal(await page.locator('.tile[aria-checked=true] b').innerText(), 'anonymous')
    t.same(complaints, [])
    await page.close()
  })

  await t.test('light and dark, and levels that can be told apart by lightness alone', async t => {
    const { page, complaints } = await openMap(t, browser, MIXED)
    for (const theme of ['light', 'dark', 'light again']) {
      const colours = await page.evaluate<[string, string][]>(
        `[...document.querySelectorAll('#levels .badge')].map(each => [getComputedStyle(each).backgroundColor, getComputedStyle(each).color])`
      )
      for (const [back, text] of colours) t.ok(contrast(back, text) >= 4.5, `${theme}: ${text} on ${back}`)
      const backs = colours.map(([back]) => back)
      for (const [index, back] of backs.entries())
        for (const other of backs.slice(index + 1)) t.ok(contrast(back, other) >= 1.3, `${theme}: ${back} and ${other}`)
      const isDark =
        (await page.evaluate<string>(`getComputedStyle(document.body).backgroundColor`)) === 'rgb(18, 21, 27)'
      t.equal(isDark, theme === 'dark', theme)
      await page.click('#theme')
    }
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.reload()
    t.equal(await page.locator('#theme').innerText(), 'Light', 'the system says dark')
    t.same(complaints, [])
    await page.close()
  })

  await t.test('narrow, nothing hangs over', async t => {
    const { page, map } = await openMap(t, browser, POLICY_TEMPLATES.baseline.text)
    await page.setViewportSize({ width: 700, height: 900 })
    await cellOf(page, map, 'pods', 'create').click()
    t.ok(await page.locator('.line.marked').first().isVisible())
    for (const width of [700, 390]) await fits(t, page, width)
    await page.close()
  })

  await t.test('hostile names stay text', async t => {
    const { page, map, complaints } = await openMap(t, browser, HOSTILE, '<img src=x onerror=alert(1)>.yaml')
    for (const sender of map.senders.keys()) await page.selectOption('#sender', { index: sender })
    await page.selectOption('#namespace', { label: '<b>bold</b>' })
    await page.locator('td[data-level="Metadata"]').first().click()
    t.equal(await page.locator('img, svg, #policy b, script:not([type])').count(), 0)
    t.ok((await page.locator('#policy').innerText()).includes('<script>alert(1)</script>'))
    t.ok((await page.title()).startsWith('<img src=x onerror=alert(1)>.yaml'))
    t.same(complaints, [])
    await page.close()
  })
})
