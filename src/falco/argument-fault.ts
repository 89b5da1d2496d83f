import type { Field } from './event-source.ts'

/**
 * Why an argument cannot stand behind a field, or is missing there, in Falco's words; undefined where all is well
 * (libsinsp/plugin_filtercheck.cpp).
 */
export const argumentFault = (
  field: Pick<Field<never>, 'name' | 'argument' | 'isArgumentRequired'>,
  argument: string,
  written: string
): string | undefined => {
  const begin = `filter '${written}': ${field.name}`
  if (argument === '')
    return field.isArgumentRequired === true ? `${begin} requires an argument but none provided` : undefined
  if (field.argument === undefined)
    return `${begin} does not allow nor require an argument but one is provided: ${argument}`
  if (field.argument === 'key') return undefined
  const index = `filter ${written} ${field.name} has an invalid index argument`
  if (!/^[0-9]+$/.test(argument)) return `${index} not composed only by digits: ${argument}`
  if (/^0./.test(argument)) return `${index} starting with 0: ${argument}`
  return BigInt(argument) < 2n ** 64n ? undefined : `${index} not representable on 64 bit: ${argument}`
}
