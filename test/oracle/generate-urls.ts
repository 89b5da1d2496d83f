import { type Dice, diceFrom } from './dice.ts'

export interface Address {
  readonly method: string
  readonly uri: string
}

/** A method and a URI as clients send them, for resources and other paths; the same for the same seed and index. */
export const generateAddress = (seed: number, index: number): Address => {
  const dice = diceFrom(Math.imul(seed, 1_000_003) + index + 900_000_000)
  const steps = [...prefix(dice), ...dice.several(STEPS, 0, 6)]
  const path = `/${steps.join(dice.chance(3) ? '//' : '/')}${dice.chance(8) ? '/' : ''}`
  return { method: dice.one(METHODS), uri: `${path}${queryOf(dice)}` }
}

const METHODS = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'DELETE', 'OPTIONS'] as const

const prefix = (dice: Dice): string[] =>
  dice
    .one<readonly string[]>([
      ['api', 'v1'],
      ['api', 'v1'],
      ['apis', 'apps', 'v1'],
      ['apis', 'apps', 'v1'],
      ['apis', 'example.com', 'v1'],
      ['api'],
      ['apis'],
      ['healthz'],
      []
    ])
    .slice()

// prettier-ignore
const STEPS = [
  'namespaces', 'namespaces', 'default', 'pods', 'pods', 'a', 'b', 'log', 'exec', 'status', 'finalize', 'proxy', 'watch', 'secrets', 'deployments', 'scale', '', '.', '..', 'a%2Fb', 'a%20b', 'a+b', 'a%', '%C3%A4', '%ff', 'ä', 'a:1', 'a;b',
  'https:a:80', 'namespace', 'Namespaces', 'a=b', 'a,b', '%2e%2e'
] as const

const queryOf = (dice: Dice): string => (dice.chance(55) ? '' : `?${dice.several(PAIRS, 0, 3).join('&')}`)

// prettier-ignore
const PAIRS = [
  'watch=true', 'watch=1', 'watch', 'watch=', 'watch=false', 'watch=0', 'watch=False', 'watch=FALSE', 'watch=no', 'watch=x', 'Watch=true', 'watch=t%72ue', 'w%61tch=1', 'fieldSelector=metadata.name%3Da', 'fieldSelector=metadata.name=a', 'fieldSelector=metadata.name%3D%3Da',
  'fieldSelector=metadata.name!=a', 'fieldSelector=metadata.name%3Da,spec.x%3Db', 'fieldSelector=spec.x%3Db,metadata.name%3Da', 'fieldSelector=spec.x%3Db', 'fieldSelector=metadata.name%3D', 'fieldSelector=metadata.name', 'fieldSelector=', 'fieldSelector',
  'fieldSelector=metadata.name%3Da%2Fb', 'fieldSelector=metadata.name%3D..', 'fieldSelector=metadata.name%3Da%25b', 'fieldSelector=metadata.name%3Da%5C,b', 'fieldSelector=metadata.name%3Da%5Cb', 'fieldSelector=metadata.name%3Da,metadata.name%3Db', 'fieldSelector=,,', 'fieldSelector=metadata.name+%3Da',
  'fieldSelector=metadata.name%3D+a', 'labelSelector=a%3Db', 'limit=5', 'limit=x', 'limit=', 'timeoutSeconds=x', 'timeoutSeconds=1', 'resourceVersion=0', 'allowWatchBookmarks=true', 'allowWatchBookmarks=x', 'continue=x', 'pretty', 'a;b=c', '%zz=1', 'x=%zz', '=', '', 'sendInitialEvents=x',
  'resourceVersionMatch=x', 'limit=99999999999999999999', 'limit=-1', 'limit=+1', 'limit=1_0'
] as const
