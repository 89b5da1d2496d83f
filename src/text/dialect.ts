import type { DocumentOptions, ParseOptions, ScalarTag, SchemaOptions } from 'yaml'

/**
 * How plain scalars are read. `kubernetes` resolves them as sigs.k8s.io/yaml does (its go-yaml v2 rules: YAML 1.1
 * booleans, octal with a leading zero, no base 60), `falco` and `plain` as YAML 1.2's core schema does.
 */
export type Dialect = 'kubernetes' | 'falco' | 'plain'

/** Options for the `yaml` package that make it read plain scalars in a dialect. */
export const dialectOptions = (dialect: Dialect): ParseOptions & DocumentOptions & SchemaOptions => ({
  ...(dialect === 'kubernetes'
    ? {
        schema: 'core',
        customTags: tags => [
          ...tags.filter(tag => typeof tag !== 'string' && !('test' in tag && tag.test !== undefined)),
          ...goScalars,
          mergeWord
        ],
        merge: true
      }
    : { schema: 'core' }),
  keepSourceTokens: true,
  prettyErrors: false,
  // the parser compares each key with every other
  uniqueKeys: false,
  // bytes, sets and dates are no data of a manifest: their texts are
  resolveKnownTags: false,
  strict: true
})

const NUMBER = 'tag:yaml.org,2002:'

// !!merge << in the place of a value, which the parser takes for a symbol
const mergeWord: ScalarTag = { tag: `${NUMBER}merge`, resolve: text => text }

const goInteger = (text: string): number => {
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '')
  const size = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits)
  return text.startsWith('-') ? -size : size
}

// https://github.com/kubernetes-sigs/yaml goyaml.v2/resolve.go: the resolve table and its hints
const goScalars: readonly ScalarTag[] = [
  { tag: `${NUMBER}null`, default: true, test: /^(~|null|Null|NULL|)$/, resolve: () => null },
  {
    tag: `${NUMBER}bool`,
    default: true,
    test: /^(y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON|n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/,
    resolve: text => /^(y|yes|true|on)$/i.test(text)
  },
  {
    tag: `${NUMBER}int`,
    default: true,
    test: /^[-+]?(0[bB][01_]+|0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]*|[1-9][0-9_]*)$/,
    resolve: goInteger
  },
  {
    tag: `${NUMBER}float`,
    default: true,
    test: /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/,
    // what strconv.ParseFloat finds out of range stays the text that it is
    resolve: text => (Number.isFinite(Number(text)) ? Number(text) : text)
  },
  {
    tag: `${NUMBER}float`,
    default: true,
    test: /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/,
    resolve: text => (/nan/i.test(text) ? Number.NaN : text.startsWith('-') ? -Infinity : Infinity)
  }
]
