import type { Dice } from '../oracle/dice.ts'
import type { Members } from './fuzz-json.ts'

type Entry = Members['members'][number]
/** What makes an event hard to read: its members in, others out. */
export type Change = (entries: readonly Entry[], dice: Dice) => readonly Entry[]

const USED = ['level', 'stage', 'requestURI', 'verb', 'user', 'stageTimestamp'] as const
const TAIL = '"requestReceivedTimestamp":"2026-11-22T00:04:29.786524Z","stageTimestamp":"2026-11-22T00:04:29.799858Z"'
const FOREIGN = ['jürgen', '山田', 'זהבה', '😀', 'a\u2028b', '\ufeffx', 'ÿ', 'a\u0000b', '\ud800', 'é́', '\u007f']
const HARD = [
  ...['{', '}', '"', '\\', '\\\\"', '"}', '},{', '[', ']}', `",${TAIL}}`, `\\",${TAIL}}`, '"annotations":{"a":"b"}}'],
  ...['"verb":"get","user":{', '","stage":"Panic"', 'a\tb', '</script>', 'a&b<c>', '"sourceIPs":["1.2.3.4"]']
]
const URIS = [
  ...[
    '/',
    '',
    '//',
    '/api',
    '/api/',
    '/api/v1',
    '/api/v1/',
    '/api/v1/pods',
    '/api/v1/pods/',
    '/apis/apps/v1/deployments'
  ],
  ...['/api/v1/namespaces/a', '/api/v1/namespaces/a/status', '/api/v1/namespaces/a/pods/b/exec/c', '/healthz?verbose'],
  ...[
    '/api/v1/watch/pods',
    '/api/v1/proxy/nodes/n/x',
    '/api/v1/namespaces/%61/pods/%zz',
    '/api/v1/pods?%',
    '/version?'
  ],
  ...[
    '/api/v1/pods?fieldSelector=metadata.name%3Dweb',
    '/api/v1/pods?fieldSelector=metadata.name=a&limit=x',
    '*',
    'pods'
  ],
  ...[
    '/api/v1/pods?%66ieldSelector=metadata.name%3Dq',
    '/api/v1/pods?fieldSelector%3Dmetadata.name=q',
    '/api/v1/pods%3Fa=b'
  ],
  ...['/api/v1/secrets?fieldSelector=metadata.name%3D%3Dz%2Ctype%3DOpaque', '/a"b', '/a\\b', '/%E5%B1%B1', '/\u{1f600}']
]

const put = (entries: readonly Entry[], key: string, value: unknown): readonly Entry[] =>
  entries.some(([own]) => own === key)
    ? entries.map(entry => (entry[0] === key ? [key, value] : entry))
    : [...entries, [key, value]]

const valueOf = (entries: readonly Entry[], key: string): unknown => entries.find(([own]) => own === key)?.[1]

const recordOf = (entries: readonly Entry[], key: string): Record<string, unknown> => {
  const value = valueOf(entries, key)
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

const insert = (entries: readonly Entry[], dice: Dice, ...more: readonly Entry[]): readonly Entry[] => {
  const place = dice.pick(entries.length + 1)
  return [...entries.slice(0, place), ...more, ...entries.slice(place)]
}

/** A body in which the members of an event stand, as members or in a string. */
const confusingBody = (entries: readonly Entry[], dice: Dice): unknown =>
  dice.one<() => unknown>([
    () => Object.fromEntries(entries),
    () => ({ items: [Object.fromEntries(entries)], ...Object.fromEntries(dice.shuffled(entries)) }),
    () => ({ a: { requestReceivedTimestamp: 'x', stageTimestamp: '1999-01-01T00:00:00Z' } }),
    () => ({ sourceIPs: ['1.1.1.1'], stage: 'Panic', verb: 'never', requestObject: { responseObject: {} } }),
    () => [dice.one(HARD), { annotations: {} }],
    () => dice.one(HARD),
    () => JSON.stringify(Object.fromEntries(entries)),
    () => ({ kind: 'EventList', items: [] }),
    () => dice.one([null, 0, -1.5e-7, true, '', {}, []]),
    () => Array.from({ length: 300 }).reduce<unknown>(inner => ({ requestObject: [inner] }), {})
  ])()

const MANAGED: readonly unknown[] = [
  [{ manager: 'kubectl', fieldsV1: { 'f:metadata': { 'f:managedFields': {} } } }],
  [],
  null,
  '"managedFields":['
]

/** An object with managed fields where they count, where they do not, or in both places. */
const managed = (dice: Dice): Record<string, unknown> => {
  const managedFields = dice.one(MANAGED)
  const metadata = dice.one<unknown>([
    { name: 'a', managedFields },
    { managedFields, name: '"managedFields":[1]' },
    { name: 'a', metadata: { managedFields }, labels: { managedFields: 'x' } },
    { managedFields },
    {},
    [{ managedFields }],
    null
  ])
  const more = dice.one([{}, {}, { managedFields }, { spec: { template: { metadata: { managedFields } } } }])
  return dice.chance(50) ? { metadata, ...more } : { ...more, kind: 'Pod', metadata }
}

/** A body with managed fields: an object, a list, a table, or what is none of them. */
const managedBody = (dice: Dice): unknown => {
  const some = (): unknown[] =>
    Array.from({ length: dice.pick(4) }, () => dice.one([managed(dice), managed(dice), 1, []]))
  return dice.one<() => unknown>([
    () => managed(dice),
    () => ({ kind: 'PodList', ...managed(dice), items: some() }),
    () => ({ kind: 'Table', rows: some().map(object => ({ cells: [managed(dice)], object })), metadata: {} }),
    () => ({ kind: 'ConfigMap', data: { items: some() }, rows: [{ metadata: managed(dice) }, 'x'] }),
    () => ({ items: { metadata: managed(dice) }, rows: dice.one(MANAGED), object: managed(dice) }),
    () => some()
  ])()
}

const wrong = (dice: Dice): unknown =>
  dice.one<unknown>([null, 0, 17, true, false, '', ' ', [], {}, [null], { a: 1 }, ['get'], 'x', 1e300, '\u0000'])

const wordFor = (key: (typeof USED)[number], dice: Dice): unknown => {
  if (key === 'level') return dice.one(['metadata', 'Everything', 'None', 'Request', 'RequestResponse', 'Metadata '])
  if (key === 'stage') return dice.one(['Panic', 'ResponseStarted', 'RequestReceived', 'Done', 'responsecomplete', ''])
  if (key === 'requestURI') return dice.one([...URIS, `/x/${dice.one(FOREIGN)}`, dice.one(HARD)])
  if (key === 'verb') return dice.one(['', 'list', 'watch', 'head', 'deletecollection', 'GET', 'g\u0065t', ...HARD])
  if (key === 'stageTimestamp') {
    return dice.one(['', 'never', '2026-11-22', '2026-11-22T23:59:59.999999Z', '2026-11-22T01:00:00+02:00', ...HARD])
  }
  return dice.one<unknown>([{}, { username: '' }, { username: null, groups: null }, { uid: 'x' }, { extra: {} }, []])
}

const inUser = (entries: readonly Entry[], dice: Dice): readonly Entry[] => {
  const user = recordOf(entries, 'user')
  const text = dice.one([...FOREIGN, ...HARD])
  const extra = Object.fromEntries(
    dice
      .several(['sourceIPs', 'verb', 'user', 'stage', 'requestObject', 'a"b', '}', 'ключ'], 1, 3)
      .map(key => [key, [text]])
  )
  return put(
    entries,
    'user',
    dice.one<object>([
      { ...user, username: text },
      { ...user, groups: [text, dice.one(HARD), 'system:authenticated'] },
      { ...user, extra },
      { extra, ...user },
      { ...user, groups: [1, 'a', null, ['b'], text] },
      { ...user, sourceIPs: ['x'], verb: 'x', userAgent: 'x' },
      { groups: [], username: text },
      dice.shuffled(Object.entries(user)).reduce((all, [key, value]) => ({ ...all, [key]: value }), {})
    ])
  )
}

const impersonated: Change = (entries, dice) => {
  const place = entries.findIndex(([key]) => key === 'user') + 1
  const as = dice.one<unknown>([
    { username: 'carol', groups: ['dev'] },
    {},
    null,
    { sourceIPs: ['x'], username: dice.one(HARD) }
  ])
  const more: readonly Entry[] = [
    ['impersonatedUser', as],
    ...(dice.chance(50)
      ? ([['authenticationMetadata', { impersonationConstraint: 'impersonate:user-info' }]] as const)
      : [])
  ]
  return [...entries.slice(0, place), ...more, ...entries.slice(place)]
}

const old: Change = (entries, dice) => {
  const apiVersion = dice.one(['audit.k8s.io/v1beta1', 'audit.k8s.io/v1alpha1', 'audit.k8s.io/v2', 'v1', ''])
  const at = valueOf(entries, 'stageTimestamp')
  return put(entries, 'apiVersion', apiVersion).flatMap(entry =>
    entry[0] === 'level'
      ? [['metadata', { creationTimestamp: at }] as const, entry, ['timestamp', at] as const]
      : [entry]
  )
}

/** Every change with its name. */
export const CHANGES: Readonly<Record<string, Change>> = {
  reordered: (entries, dice) => dice.shuffled(entries),
  swapped: (entries, dice) => {
    const place = dice.pick(Math.max(1, entries.length - 1))
    const [first, second] = [entries[place], entries[place + 1]]
    return first && second ? [...entries.slice(0, place), second, first, ...entries.slice(place + 2)] : entries
  },
  missing: (entries, dice) => {
    const gone = new Set(dice.several(entries, 1, 4).map(([key]) => key))
    return entries.filter(([key]) => !gone.has(key) || (USED.some(own => own === key) && dice.chance(80)))
  },
  worded: (entries, dice) => {
    const key = dice.one(USED)
    return put(entries, key, wordFor(key, dice))
  },
  wrong: (entries, dice) => put(entries, dice.one(entries)[0], wrong(dice)),
  user: inUser,
  impersonated,
  old,
  body: (entries, dice) => {
    const key = dice.one(['requestObject', 'responseObject'])
    const body = confusingBody(entries, dice)
    const place = entries.findIndex(([own]) => own === 'requestReceivedTimestamp')
    const has = entries.some(([own]) => own === key)
    return has || place === -1 || dice.chance(20)
      ? put(entries, key, body)
      : [...entries.slice(0, place), [key, body], ...entries.slice(place)]
  },
  managed: (entries, dice) => {
    const sent = put(entries, 'requestObject', managedBody(dice))
    return dice.chance(50) ? sent : put(sent, 'responseObject', managedBody(dice))
  },
  annotations: (entries, dice) =>
    put(entries, 'annotations', {
      ...recordOf(entries, 'annotations'),
      [dice.one([...HARD, 'stageTimestamp', 'sourceIPs', 'a'])]: dice.one([...HARD, ...FOREIGN])
    }),
  agent: (entries, dice) => put(entries, dice.one(['userAgent', 'sourceIPs']), dice.one([...FOREIGN, ...HARD])),
  reference: (entries, dice) =>
    put(entries, 'objectRef', { ...recordOf(entries, 'objectRef'), name: dice.one([...HARD, ...FOREIGN]) }),
  status: (entries, dice) =>
    put(entries, 'responseStatus', {
      message: dice.one(HARD),
      metadata: {},
      details: { causes: [dice.one(HARD)] },
      code: 200
    }),
  unknown: (entries, dice) =>
    insert(entries, dice, [dice.one(['trace', 'Verb', '__proto__', 'requestobject', ...HARD, ...FOREIGN]), wrong(dice)])
}
