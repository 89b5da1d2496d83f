import type { PageParts } from './html-page.ts'

/** The source of a module that holds a page with holes, its styles and its script as a constant; `about` says what it is. */
export const renderPageModule = (
  { constant, about }: { readonly constant: string; readonly about: string },
  { page, style, script }: PageParts
): string =>
  `/** ${about} Generated from templates/html; not to be edited. */
export const ${constant} = {
  page: \`${escapeTemplate(page)}\`,
  style: \`${escapeTemplate(style)}\`,
  script: \`${escapeTemplate(script)}\`
} as const
`

const escapeTemplate = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${').replaceAll('\r', '\\r')
