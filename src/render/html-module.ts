import type { PageParts } from './html-page.ts'

/** The source of `html.generated.ts`: a page with holes, its styles and its script. */
export const renderHtmlModule = (page: string, style: string, script: string): string =>
  renderPageModule('POLICY_MAP_PAGE', 'The page that shows a policy as a map.', { page, style, script })

/** The source of a module that holds a page with holes, its styles and its script under a name; `about` says what it is. */
export const renderPageModule = (name: string, about: string, { page, style, script }: PageParts): string =>
  `/** ${about} Generated from templates/html; not to be edited. */
export const ${name} = {
  page: \`${escapeTemplate(page)}\`,
  style: \`${escapeTemplate(style)}\`,
  script: \`${escapeTemplate(script)}\`
} as const
`

const escapeTemplate = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${').replaceAll('\r', '\\r')
