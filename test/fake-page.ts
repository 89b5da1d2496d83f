import { build } from 'esbuild'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'
import { licenceTexts } from '../src/cli/third-party.ts'
import { bundledPackages } from '../src/host/bundled-packages.ts'
import type { PageParts } from '../src/render/html-page.ts'
import { renderPageModule } from '../src/render/page-module.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The data in a page, as text. */
export const dataOf = (html: string): string =>
  /<script type="application\/json" id="data">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? ''

/** Fails for a page that may load something, or in which a text from outside is markup. */
export const isClosed = (t: Test, html: string): void => {
  t.notMatch(dataOf(html), /[<>&\u2028\u2029]/)
  t.equal(html.match(/<script/g)?.length, 2)
  t.equal(html.match(/<\/script/g)?.length, 2)
  t.notMatch(html, /<img|<svg|<b>(?:bold|policy)|onerror=alert\(1\)>/)
  const [policy = ''] = /default-src[^"]*/.exec(html) ?? []
  t.match(policy, /^default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+';/)
  for (const name of ['style', 'script type="module"']) {
    const start = html.indexOf(`<${name}>`) + name.length + 2
    const text = html.slice(start, html.indexOf(`</${name.split(' ')[0]}`, start))
    t.ok(policy.includes(createHash('sha256').update(text).digest('base64')), name)
  }
}

interface BuiltPage {
  readonly name: string
  readonly file: string
  readonly constant: string
  readonly about: string
}

type ReadParts = (
  run: typeof build,
  root: string,
  page: BuiltPage,
  licences: (inputs: readonly string[]) => string
) => Promise<PageParts>

/** Fails where the module of a page is not what templates/html makes. */
export const isUpToDate = async (t: Test, name: string): Promise<void> => {
  const place = join(root, 'templates/html/build-page.mjs')
  const { PAGES, pageParts }: { PAGES: readonly BuiltPage[]; pageParts: ReadParts } = await import(place)
  const page = PAGES.find(each => each.name === name)
  if (!page) throw new Error(`there is no page ${name}`)
  const parts = await pageParts(build, root, page, inputs => licenceTexts(bundledPackages(root, inputs)))
  t.equal(
    renderPageModule(page, parts),
    readFileSync(join(root, page.file), 'utf8'),
    'npm run build brings it up to date'
  )
}

const CHROMIUM = '/usr/bin/chromium'
// milliseconds that no stall of the machine reaches
const PATIENCE = 100_000
const ARGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync']
]

/** A test with a browser; skipped where there is none, and failed there in CI. */
export const inBrowser = (t: Test, test: (t: Test, browser: Browser) => Promise<void>) =>
  t.test('in a browser', { skip: browserMissing(t) }, async t => {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS, timeout: PATIENCE })
    t.teardown(() => browser.close())
    await test(t, browser)
  })

const browserMissing = (t: Test): string | false => {
  if (process.env['AUDITPATCH_LONG'] === undefined) return 'npm run test:long opens the page'
  if (existsSync(CHROMIUM)) return false
  const needs = `NEEDS ${CHROMIUM} (Debian's package chromium): the page was not opened`
  if (process.env.CI) t.fail(needs)
  return needs
}

/** A page, with what it complains of and asks for. */
export const openPage = async (
  t: Test,
  browser: Browser,
  html: string
): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> => {
  const directory = t.testdir({ 'page.html': html })
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' })
  page.setDefaultTimeout(PATIENCE)
  const complaints: string[] = []
  page.on('console', message => complaints.push(message.text()))
  page.on('pageerror', error => complaints.push(error.message))
  page.on('dialog', dialog => complaints.push(`dialog ${dialog.message()}`))
  page.on('request', request => complaints.push(...(request.url().endsWith('/page.html') ? [] : [request.url()])))
  await page.goto(`file://${directory}/page.html`)
  return { page, complaints }
}

/** Opens a page anew in a window of a width, and fails where something of it hangs over the window or its box. */
export const fits = async (t: Test, page: Page, width: number): Promise<void> => {
  await page.setViewportSize({ width, height: 844 })
  await page.reload()
  t.equal(await page.evaluate(`document.documentElement.scrollWidth`), width)
  const wide = await page.evaluate(
    `[...document.querySelectorAll('.scroll')].filter(each => each.scrollWidth > each.clientWidth)
      .map(each => each.closest('[id]').id + ': ' + each.scrollWidth + ' in ' + each.clientWidth)`
  )
  t.same(wide, [], `at ${width}: no table is wider than its box`)
}

/** How two colours stand out from each other, as WCAG 2 has it. */
export const contrast = (a: string, b: string): number => {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? [])
    .map(part => Number(part) / 255)
    .map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
