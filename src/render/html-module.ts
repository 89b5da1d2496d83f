/** The source of `html.generated.ts`: a page with holes, its styles and its script. */
export const renderHtmlModule = (page: string, style: string, script: string): string =>
  `/** The page that shows a policy as a map. Generated from templates/html; not to be edited. */
export const POLICY_MAP_PAGE = {
  page: \`${escapeTemplate(page)}\`,
  style: \`${escapeTemplate(style)}\`,
  script: \`${escapeTemplate(script)}\`
} as const
`

const escapeTemplate = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${').replaceAll('\r', '\\r')
