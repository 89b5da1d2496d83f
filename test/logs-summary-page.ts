import type { Browser, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { type Summary, summaryOf } from '../src/logs/summary.ts'
import { summaryCounter } from '../src/logs/summary-counter.ts'
import { PAGE_ROWS, logSummaryHtml } from '../src/render/log-summary-html.ts'
import { logOf, type RawEvent, rawEvent, takeLog } from './fake-log.ts'
import { contrast, fits, inBrowser, isClosed, isUpToDate, openPage } from './fake-page.ts'

const summaryOfEvents = async (events: readonly RawEvent[]): Promise<Summary> => {
  const { take, result } = summaryCounter({ decide: ({ verb }) => ({ rule: verb === 'get' ? 0 : null }) })
  await takeLog(logOf(events), take)
  return summaryOf(result(), { top: PAGE_ROWS, rules: [{ line: 4, level: 'Metadata' }] })
}

const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<!--<script>',
  '<img src=x onerror=alert(1)>',
  '\u2028\u2029',
  '__proto__',
  'constructor',
  '$&{{data}}\'"`'
]

const hostileEvents = (): RawEvent[] =>
  HOSTILE.flatMap(text => [
    rawEvent({ user: { username: text, groups: [] }, userAgent: text, sourceIPs: [text], code: 403 }),
    rawEvent({ requestURI: `/${text}`, code: 500, impersonatedUser: { username: text } }),
    rawEvent({ requestURI: `/api/v1/namespaces/${text}/pods/p/exec?command=${encodeURIComponent(text)}`, code: 101 })
  ])

const at = (second: number): string =>
  `2026-11-22T10:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}.500000Z`

/** Ten minutes of requests, more and more of them, with some that are refused in the fifth and some that fail in the last. */
const ordinaryEvents = (): RawEvent[] =>
  Array.from({ length: 10 }, (_, minute) => minute).flatMap(minute =>
    Array.from({ length: 20 + minute }, (_, index) =>
      rawEvent({
        user: { username: `user-${index}`, groups: [] },
        stageTimestamp: at(minute * 60 + (index % 12)),
        verb: index % 3 === 0 ? 'list' : 'get',
        requestURI: `/api/v1/namespaces/ns-${index % 4}/${['pods', 'secrets', 'configmaps'][index % 3]}`,
        code: minute === 5 && index < 7 ? 403 : minute === 9 && index < 3 ? 503 : 200
      })
    )
  )

t.test('the page is closed, and nothing of the log is markup', async t => {
  const html = logSummaryHtml(await summaryOfEvents(hostileEvents()), {
    name: '<img src=x onerror=alert(1)>.log',
    policy: '<b>policy</b>',
    badLines: 0
  })
  isClosed(t, html)
  t.match(html, /Copyright \(c\) 2022 Leon Sorokin[\s\S]*The above copyright notice/, 'the licence of uPlot')
})

t.test('the page has a bound', async t => {
  const long = 'x'.repeat(3000)
  const events = Array.from({ length: 6000 }, (_, index) =>
    rawEvent({
      user: { username: `${index}${long}`, groups: [] },
      userAgent: `${index}${long}`,
      sourceIPs: [`${index}${long}`],
      requestURI: `/api/v1/namespaces/n${index}${long}/pods/p${long}/exec?command=${long}${index}`,
      code: [403, 401, 500, 101][index % 4]!,
      stageTimestamp: new Date(Date.UTC(2026, 0, 1) + index * 3_600_000).toISOString().replace('Z', '000Z')
    })
  )
  const html = logSummaryHtml(await summaryOfEvents(events), { name: 'audit.log', badLines: 0 })
  t.ok(html.length < 2_000_000, `${html.length} bytes`)
  const small = logSummaryHtml(await summaryOfEvents([rawEvent()]), { name: 'audit.log', badLines: 0 })
  t.ok(small.length < 110_000, `${small.length} bytes`)
})

t.test('the generated module is that of templates/html', t => isUpToDate(t, 'log-summary'))

/** The page of a log. */
const openSummary = async (t: Test, browser: Browser, events: readonly RawEvent[], name = 'audit.log') =>
  openPage(t, browser, logSummaryHtml(await summaryOfEvents(events), { name, policy: 'policy.yaml', badLines: 0 }))

/** How many points of the picture have nearly a colour of the page's styles. */
const countDrawn = (page: Page, colour: string): Promise<number> =>
  page.evaluate<number>(`new Promise(resolve => requestAnimationFrame(() => {
    const canvas = document.querySelector('#chart canvas')
    const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height })
    const probe = copy.getContext('2d', { willReadFrequently: true })
    const named = document.body.appendChild(Object.assign(document.createElement('i'), { hidden: true }))
    named.style.color = 'var(--${colour})'
    probe.fillStyle = getComputedStyle(named).color
    probe.fillRect(0, 0, 1, 1)
    const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data
    probe.clearRect(0, 0, 1, 1)
    probe.drawImage(canvas, 0, 0)
    const { data } = probe.getImageData(0, 0, canvas.width, canvas.height)
    let count = 0
    for (let at = 0; at < data.length; at += 4)
      if (data[at + 3] === 255 && Math.abs(data[at] - red) + Math.abs(data[at + 1] - green) + Math.abs(data[at + 2] - blue) < 6) count += 1
    resolve(count)
  }))`)

const columnOf = (page: Page, table: string, column: number): Promise<string[]> =>
  page.locator(`#${table} tbody tr td:nth-child(${column})`).allInnerTexts()

inBrowser(t, async (t, browser) => {
  await t.test('the picture is drawn, and can be looked at closer', async t => {
    const { page, complaints } = await openSummary(t, browser, ordinaryEvents())
    const drawn = async () => ({
      all: await countDrawn(page, 'requests'),
      denied: await countDrawn(page, 'denied'),
      failed: await countDrawn(page, 'failed')
    })
    const whole = await drawn()
    t.ok(whole.all > 5000 && whole.denied > 50 && whole.failed > 10, JSON.stringify(whole))
    t.match(await page.locator('#range').innerText(), /245 requests, 7 refused, 3 failed/)
    await page.uncheck('#series input[value=requests]')
    const without = await drawn()
    t.equal(without.all, 0)
    t.ok(without.denied > whole.denied, `the others have the height: ${without.denied} points`)
    await page.check('#series input[value=requests]')
    const box = await page.locator('#chart .u-over').boundingBox()
    if (!box) throw new Error('the picture has no place')
    await page.mouse.move(box.x + box.width * 0.45, box.y + 40)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.65, box.y + 40, { steps: 5 })
    await page.mouse.up()
    const range = await page.locator('#range').innerText()
    t.notMatch(range, /245 requests/)
    t.match(range, / 7 refused, 0 failed/)
    await page.click('#whole')
    t.match(await page.locator('#range').innerText(), /245 requests/)
    await page.check('#measures input[value=bytes]')
    t.equal((await drawn()).denied, 0, 'bytes are not told apart')
    t.same(complaints, [])
    await page.close()
  })

  await t.test('by the keyboard', async t => {
    const { page, complaints } = await openSummary(t, browser, ordinaryEvents())
    await page.locator('#chart').focus()
    const ranges: string[] = []
    for (const key of ['+', '+', 'ArrowLeft', 'ArrowRight', '-', '0']) {
      await page.keyboard.press(key)
      ranges.push(await page.locator('#range').innerText())
    }
    t.equal(new Set(ranges.slice(0, 3)).size, 3, 'each shows something else')
    t.equal(ranges[3], ranges[1], 'there and back')
    t.match(ranges.at(-1) ?? '', /245 requests/)
    await page.locator('#users th button').first().focus()
    await page.keyboard.press('Enter')
    t.equal(await page.locator('#users th').first().getAttribute('aria-sort'), 'ascending')
    t.same(complaints, [])
    await page.close()
  })

  await t.test('the numbers behind the picture stand in a table', async t => {
    const { page, complaints } = await openSummary(t, browser, ordinaryEvents())
    await page.click('#numbers summary')
    await page.click('#stretches .more button')
    const requests = (await page.locator('#stretches td:nth-child(3)').allInnerTexts()).map(Number)
    t.equal(
      requests.reduce((sum, each) => sum + each, 0),
      245
    )
    t.same(complaints, [])
    await page.close()
  })

  await t.test('tables are sorted by a click, searched and shown whole', async t => {
    const { page, complaints } = await openSummary(t, browser, ordinaryEvents())
    t.equal((await columnOf(page, 'users', 1)).length, 10)
    await page.click('#users .more button')
    const all = await columnOf(page, 'users', 1)
    t.equal(all.length, 29)
    await page.click('#users th button >> text=user')
    t.same(await columnOf(page, 'users', 1), [...all].sort())
    await page.click('#users th button >> text=user')
    t.same(await columnOf(page, 'users', 1), [...all].sort().reverse())
    await page.click('#users th button >> text=requests')
    const requests = (await columnOf(page, 'users', 2)).map(Number)
    t.same(
      requests,
      [...requests].sort((a, b) => b - a),
      'numbers as numbers, the largest first'
    )
    await page.fill('#search', 'user-28')
    t.same(await columnOf(page, 'users', 1), ['user-28'])
    t.notOk(await page.locator('#namespaces').isVisible(), 'where nothing is found is hidden')
    await page.fill('#search', 'nothing like it')
    t.equal(await page.locator('#found').innerText(), 'nothing is found')
    await page.fill('#search', '')
    t.ok(await page.locator('#namespaces').isVisible())
    await page.click('#tiles a[href="#denied"]')
    t.ok(await page.locator('#denied').isVisible())
    t.same(await columnOf(page, 'rules', 1), ['rules[0]', 'no rule'])
    t.same(complaints, [])
    await page.close()
  })

  await t.test('light and dark, with contrast', async t => {
    const { page, complaints } = await openSummary(t, browser, ordinaryEvents())
    for (const theme of ['light', 'dark']) {
      const pairs = await page.evaluate<[string, string, string][]>(`(() => {
        const colour = name => {
          const probe = document.body.appendChild(document.createElement('i'))
          probe.style.color = 'var(--' + name + ')'
          const found = getComputedStyle(probe).color
          probe.remove()
          return found
        }
        return ['text', 'soft', 'accent', 'warning', 'info', 'requests', 'denied', 'failed'].map(name => [name, colour(name), colour('card')])
      })()`)
      for (const [name, colour, card] of pairs) {
        const least = ['requests', 'denied', 'failed'].includes(name) ? 3 : 4.5
        t.ok(contrast(colour, card) >= least, `${theme}: ${name} ${contrast(colour, card).toFixed(1)}`)
      }
      t.ok((await countDrawn(page, 'requests')) > 5000, `${theme}: the picture has its colours`)
      await page.click('#theme')
    }
    t.same(complaints, [])
    await page.close()
  })

  await t.test('nothing hangs over, on a telephone neither', async t => {
    const session = { requestURI: '/api/v1/namespaces/prod/pods/web-7d4b9c6f5-x2x9k/exec?command=sh', code: 101 }
    const events = [
      ...ordinaryEvents(),
      rawEvent({ ...session, sourceIPs: ['2001:db8:1234:5678:9abc:def0:1234:5678'] })
    ]
    const wide = await openSummary(t, browser, events)
    await fits(t, wide.page, 1280)
    await wide.page.close()
    const long = rawEvent({ ...session, verb: 'v'.repeat(300), sourceIPs: ['s'.repeat(300)] })
    const { page } = await openSummary(t, browser, [...events, long, ...hostileEvents()])
    await fits(t, page, 390)
    t.equal(await page.locator('#sessions td').first().getAttribute('data-column'), 'user')
    t.ok((await countDrawn(page, 'requests')) > 100, 'the picture is drawn')
    await page.close()
  })

  await t.test('hostile names stay text', async t => {
    const { page, complaints } = await openSummary(t, browser, hostileEvents(), '<img src=x onerror=alert(1)>.log')
    for (const button of await page.locator('.more button:visible').all()) await button.click()
    t.equal(await page.locator('img, svg, script:not([type])').count(), 0)
    const users = await columnOf(page, 'users', 1)
    for (const text of HOSTILE.filter(each => !each.includes('\u2028'))) t.ok(users.includes(text), text)
    t.ok((await page.title()).startsWith('<img src=x onerror=alert(1)>.log'))
    t.same(complaints, [])
    await page.close()
  })

  await t.test('a log without a time, and one with nothing in it', async t => {
    const { stageTimestamp: _, ...timeless } = rawEvent()
    for (const events of [[timeless], [rawEvent({ stage: 'RequestReceived' })]]) {
      const { page, complaints } = await openSummary(t, browser, events)
      t.equal(await page.locator('#time').isVisible(), events[0] !== timeless)
      t.match(await page.locator('#facts').innerText(), /^1 event, [01] requests?/)
      t.same(complaints, [])
      await page.close()
    }
  })
})
