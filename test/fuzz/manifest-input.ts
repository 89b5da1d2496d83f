import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomManifest } from '../fixtures/manifest/random-manifest.ts'
import type { Dice } from './kind.ts'
import { rewritten } from './manifest-forms.ts'
import { root } from './root.ts'

const EXAMPLE = readFileSync(join(root, 'examples/manifests/kube-apiserver.yaml'), 'utf8')

/** A manifest of kube-apiserver, by the grammar or from the example, in a few more of the forms that YAML has. */
export const manifestInput = (dice: Dice): Buffer => {
  const text = dice.chance(85) ? randomManifest(dice, dice.chance(60)) : EXAMPLE
  return Buffer.from(rewritten(dice, text))
}
