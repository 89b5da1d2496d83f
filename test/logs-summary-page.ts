import { build } from 'esbuild'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { licenceTexts } from '../src/cli/third-party.ts'
import { bundledPackages } from '../src/host/bundled-packages.ts'
import { type Summary, summaryOf } from '../src/logs/summary.ts'
import { summaryCounter } from '../src/logs/summary-counter.ts'
import { PAGE_ROWS, logSummaryHtml } from '../src/render/log-summary-html.ts'
import { renderPageModule } from '../src/render/html-module.ts'
import { logOf, type RawEvent, rawEvent, takeLog } from './fake-log.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

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

const dataOf = (html: string): string =>
  /<script type="application\/json" id="data">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? ''

t.test('the page is closed, and nothing of the log is markup', async t => {
  const html = logSummaryHtml(await summaryOfEvents(hostileEvents()), {
    name: '<img src=x onerror=alert(1)>.log',
    policy: '<b>policy</b>',
    badLines: 0
  })
  t.notMatch(dataOf(html), /[<>&\u2028\u2029]/)
  t.equal(html.match(/<script/g)?.length, 2)
  t.equal(html.match(/<\/script/g)?.length, 2)
  t.notMatch(html, /<img|<b>policy|onerror=alert\(1\)>/)
  const [policy = ''] = /default-src[^"]*/.exec(html) ?? []
  t.match(policy, /^default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+';/)
  for (const element of ['style', 'script type="module"']) {
    const start = html.indexOf(`<${element}>`) + element.length + 2
    const text = html.slice(start, html.indexOf(`</${element.split(' ')[0]}`, start))
    t.ok(policy.includes(createHash('sha256').update(text).digest('base64')), element)
  }
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

t.test('the generated module is that of templates/html', async t => {
  const place = join(root, 'templates/html/build-page.mjs')
  const { pageParts }: { pageParts: PageParts } = await import(place)
  const parts = await pageParts(build, root, 'log-summary', inputs => licenceTexts(bundledPackages(root, inputs)))
  t.equal(
    renderPageModule('LOG_SUMMARY_PAGE', 'The page that shows what a log says in sum.', parts),
    readFileSync(join(root, 'src/render/log-summary-page.generated.ts'), 'utf8'),
    'npm run build brings it up to date'
  )
})

type PageParts = (
  run: typeof build,
  root: string,
  name: string,
  licences: (inputs: readonly string[]) => string
) => Promise<{ page: string; style: string; script: string }>

const CHROMIUM = '/usr/bin/chromium'
// milliseconds that no stall of the machine reaches
const PATIENCE = 100_000
const ARGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync']
]

/** A page of a log, with what it complains of and asks for. */
const openPage = async (t: Test, browser: Browser, events: readonly RawEvent[], name = 'audit.log') => {
  const html = logSummaryHtml(await summaryOfEvents(events), { name, policy: 'policy.yaml', badLines: 0 })
  const directory = t.testdir({ 'summary.html': html })
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' })
  page.setDefaultTimeout(PATIENCE)
  const complaints: string[] = []
  page.on('console', message => complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(error.message))
  page.on('dialog', dialog => complaints.push(`dialog ${dialog.message()}`))
  page.on('request', request => complaints.push(...(request.url().endsWith('/summary.html') ? [] : [request.url()])))
  await page.goto(`file://${directory}/summary.html`)
  return { page, complaints }
}

/** How many points of the picture have nearly a colour of the page's styles. */
const countDrawn = (page: Page, colour: string): Promise<number> =>
  page.evaluate<number>(`new Promise(resolve => requestAnimationFrame(() => {
    const canvas = document.querySelector('#chart canvas')
    const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height })
    const probe = copy.getContext('2d', { willReadFrequently: true })
    probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--${colour}').trim()
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

t.test('in a browser', { skip: browserMissing() }, async t => {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS, timeout: PATIENCE })
  t.teardown(() => browser.close())

  await t.test('the picture is drawn, and can be looked at closer', async t => {
    const { page, complaints } = await openPage(t, browser, ordinaryEvents())
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
    const { page, complaints } = await openPage(t, browser, ordinaryEvents())
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
    const { page, complaints } = await openPage(t, browser, ordinaryEvents())
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
    const { page, complaints } = await openPage(t, browser, ordinaryEvents())
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
    const { page, complaints } = await openPage(t, browser, ordinaryEvents())
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

  await t.test('on a telephone nothing hangs over', async t => {
    const { page } = await openPage(t, browser, [...ordinaryEvents(), ...hostileEvents()])
    await page.setViewportSize({ width: 390, height: 844 })
    await page.reload()
    t.equal(await page.evaluate(`document.documentElement.scrollWidth`), 390)
    t.ok((await countDrawn(page, 'requests')) > 100, 'the picture is drawn')
    await page.close()
  })

  await t.test('hostile names stay text', async t => {
    const { page, complaints } = await openPage(t, browser, hostileEvents(), '<img src=x onerror=alert(1)>.log')
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
      const { page, complaints } = await openPage(t, browser, events)
      t.equal(await page.locator('#time').isVisible(), events[0] !== timeless)
      t.match(await page.locator('#facts').innerText(), /^1 event, [01] requests?/)
      t.same(complaints, [])
      await page.close()
    }
  })
})

function browserMissing(): string | false {
  if (existsSync(CHROMIUM)) return false
  const needs = `NEEDS ${CHROMIUM} (Debian's package chromium): the page was not opened`
  if (process.env.CI) t.fail(needs)
  return needs
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

// WCAG 2, relative luminance
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? [])
    .map(part => Number(part) / 255)
    .map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
