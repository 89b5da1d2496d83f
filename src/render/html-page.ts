import { createHash } from 'node:crypto'

/** A page with holes, its styles and its script, as the build puts them into a module. */
export interface PageParts {
  readonly page: string
  readonly style: string
  readonly script: string
}

/** An HTML page that needs nothing else and loads nothing: its parts with a title and the data that its script reads. */
export const fillPage = ({ page, style, script }: PageParts, title: string, data: unknown): string => {
  const parts: Readonly<Record<string, string>> = {
    title: escapeHtml(title),
    policy: contentPolicy(style, script),
    data: escapeJson(JSON.stringify(data)),
    style,
    script
  }
  return page.replace(/\{\{(\w+)\}\}/g, (_, name: string) => parts[name] ?? '')
}

// nothing may be loaded, and no other script or style than this page's own may count
const contentPolicy = (style: string, script: string): string => {
  const hash = (part: string): string => `'sha256-${createHash('sha256').update(part).digest('base64')}'`
  return `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)

// so that no text from outside can end the element, open a comment in it or break a line of it
const escapeJson = (json: string): string =>
  json.replace(/[<>&\u2028\u2029]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
