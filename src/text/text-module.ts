/** What a generated module says of itself. */
export interface TextModule {
  /** The sentence above its only export. */
  readonly says: string
  readonly name: string
}

/** The source of a module that holds texts by their names, so that a program that is one file has them. */
export const renderTextModule = ({ says, name }: TextModule, texts: Readonly<Record<string, string>>): string => {
  const rows = Object.entries(texts).map(([key, text]) => `  ${JSON.stringify(key)}: ${literalOf(text)}`)
  return `/** ${says} */\n// prettier-ignore\nexport const ${name}: Readonly<Record<string, string>> = {\n${rows.join(',\n')}\n}\n`
}

// a bare carriage return in a template literal would be read as a line feed
const literalOf = (text: string): string =>
  `\`${text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${').replaceAll('\r', '\\r')}\``
