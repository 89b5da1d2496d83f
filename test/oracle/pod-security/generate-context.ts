import type { Unknown } from '../../../src/text/guard.ts'
import type { Draw } from './draw.ts'

/** What the securityContext of a pod and that of a container have in common; a strict one has what `restricted` asks for. */
export const generateContext = (draw: Draw, isStrict: boolean): Unknown => {
  const { dice } = draw
  const isSet = isStrict || dice.chance(20)
  const runAsNonRoot = draw.word([isSet ? true : undefined], [false, null, undefined])
  return {
    runAsNonRoot,
    runAsUser: draw.word([undefined, 1000, 65_534], [0, 0, null, -1, 9_007_199_254_740_991]),
    seccompProfile: isSet ? profileOf(draw, ['RuntimeDefault', 'Localhost']) : undefined,
    ...draw.maybe(30, { appArmorProfile: profileOf(draw, ['RuntimeDefault', 'Localhost']) }),
    ...draw.maybe(30, { seLinuxOptions: draw.odd(seLinuxOf(draw)) }),
    ...draw.maybe(30, { windowsOptions: draw.odd({ hostProcess: draw.word([false, undefined], [true, true, null]) }) })
  }
}

const profileOf = (draw: Draw, good: readonly string[]): Unknown | null =>
  draw.odd({
    type: draw.word(good, [
      'Unconfined',
      'Unconfined',
      '',
      'runtime/default',
      'localhost',
      '\u{1f600}',
      '\uffee',
      null
    ]),
    localhostProfile: 'a.json'
  })

const seLinuxOf = (draw: Draw): Unknown => ({
  type: draw.word(
    [undefined, '', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'],
    ['spc_t', 'unconfined_t', 'Container_t', null]
  ),
  user: draw.word([undefined, ''], ['system_u', null]),
  role: draw.word([undefined, ''], ['sysadm_r', null]),
  level: 's0:c1'
})
